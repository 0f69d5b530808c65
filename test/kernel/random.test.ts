// Kernels draw exactly the random numbers that core/rng.ts defines, on which dropout and noise depend.

import { describe, expect, it } from "vitest"
import { add, mul, random as uniform } from "../../src/core/expr.ts"
import { Graph } from "../../src/core/graph.ts"
import { LANES } from "../../src/core/lanes.ts"
import { hash, mix } from "../../src/core/rng.ts"
import { dropout } from "../../src/layers/dropout.ts"
import { plan } from "../../src/plan/planner.ts"
import { candidatesOfAllCompilers } from "../engine.ts"

/** The definition: a key of five words, and the example's number mixed into it; 24 bits. */
const definition = (seed: number, stream: number, trainStep: number, step: number, element: number, example: number) =>
  (mix(hash(seed, stream, trainStep, step, element) ^ Math.imul(example, 0x9e3779b9)) >>> 8) * 2 ** -24

describe.each(candidatesOfAllCompilers)("random numbers on $name", (backend) => {
  it("are the definition's, outside scans and in every step", async () => {
    const g = new Graph()
    const zero = g.lane("zero", ["L", 2, 3])
    const outside = g.map([zero], (x) => add(x, uniform(4)))
    const [, , last] = g.scan([zero, zero, zero], ([, b, c]) => [b, c, g.map([zero], (x) => add(x, uniform(5)))])
    const [first] = g.scan([zero, zero, zero], ([, b, c]) => [b, c, g.map([zero], (x) => add(x, uniform(6)))])
    const program = await backend.create(1).compile(plan(g, { outputs: { outside, last, first } }))
    for (const [seed, trainStep, firstExample] of [
      [1, 0, 0],
      [-7, 123456, 48],
      [0x7fffffff, 1, 2 ** 31 - 32],
    ]) {
      const block = { length: 3, steps: 3, firstExample, inputs: { zero: new Float32Array(18 * LANES) } }
      const [out] = (await program.run(new Float32Array(0), [block], { seed, trainStep })).outputs
      const expected = (stream: number, step: number) =>
        Float32Array.from({ length: 18 * LANES }, (_, i) =>
          definition(seed, stream, trainStep, step, Math.floor(i / LANES), firstExample + (i % LANES)),
        )
      expect(out.outside).toEqual(expected(4, 0))
      expect(out.last).toEqual(expected(5, 2))
      expect(out.first).toEqual(expected(6, 0))
    }
    await program.dispose()
  })

  it("keep the share that dropout is told, scale what is kept, and differ from step to step", async () => {
    const g = new Graph()
    const one = g.lane("one", ["L", 1, 8])
    const kept = g.map([one, g.setting("keep", 1)], (x, keep) => mul(dropout(x, keep, 2), keep))
    const program = await backend.create(1).compile(plan(g, { outputs: { kept } }))
    const count = 200 * 8 * LANES
    const block = { length: 200, steps: 0, firstExample: 0, inputs: { one: new Float32Array(count).fill(1) } }
    for (const keep of [0.1, 0.5, 0.9, 1]) {
      const draws = []
      for (const trainStep of [1, 2]) {
        const [out] = (await program.run(Float32Array.of(keep), [block], { seed: 3, trainStep })).outputs
        draws.push(out.kept.slice())
        const share = out.kept.reduce((sum, x) => sum + x, 0) / count
        // five standard deviations of a binomial share
        expect(Math.abs(share - keep)).toBeLessThanOrEqual(5 * Math.sqrt((keep * (1 - keep)) / count) + 1e-6)
        for (const x of out.kept) expect(x === 0 || Math.abs(x - 1) < 1e-6).toBe(true)
      }
      if (keep < 1) expect(draws[0]).not.toEqual(draws[1])
    }
    await program.dispose()
  })
})
