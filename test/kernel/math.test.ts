// exp, log, tanh and sigmoid of the kernels, over the useful range of float32.

import { describe, expect, it } from "vitest"
import { type Expr, exp, log, sigmoid, tanh } from "../../src/core/expr.ts"
import { Graph } from "../../src/core/graph.ts"
import { LANES } from "../../src/core/lanes.ts"
import { plan } from "../../src/plan/planner.ts"
import { type Candidate, candidatesOfAllCompilers, compilingOnce, options } from "../engine.ts"

/** Largest relative error, a little over two units in the last place of float32 (1.2e-7 each). */
const RELATIVE_ERROR = 3e-7
const POINTS = 16384 * LANES

const functions: Readonly<Record<string, { f: (x: Expr) => Expr; exact: (x: number) => number; points: Spread[] }>> = {
  exp: { f: exp, exact: Math.exp, points: [between(-87.3, 88.3), between(-1, 1), small] },
  log: { f: log, exact: Math.log, points: [logarithmic(1e-37, 1e38), between(0.5, 2)] },
  tanh: { f: tanh, exact: Math.tanh, points: [between(-20, 20), between(-1, 1), small] },
  sigmoid: { f: sigmoid, exact: (x) => 1 / (1 + Math.exp(-x)), points: [between(-87, 87), between(-4, 4), small] },
}

/** Maps u in [0, 1) to a point of the range. */
type Spread = (u: number) => number
function between(from: number, to: number): Spread {
  return (u) => from + u * (to - from)
}
function logarithmic(from: number, to: number): Spread {
  return (u) => Math.exp(Math.log(from) + u * (Math.log(to) - Math.log(from)))
}
/** Numbers of both signs down to 1e-30. */
function small(u: number): number {
  return Math.sign(u - 0.5) * logarithmic(1e-30, 1)(Math.abs(2 * u - 1))
}

const graph = new Graph()
const input = graph.lane("x", ["L", 1, 1])
const results = Object.entries(functions).map(([name, { f }]) => [name, graph.map([input], f)])
const all = plan(graph, { outputs: Object.fromEntries(results) })

async function run(backend: Candidate, x: Float32Array) {
  const program = await backend.create(1).compile(all)
  const block = { length: x.length / LANES, steps: 0, firstExample: 0, inputs: { x } }
  const result = (await program.run(new Float32Array(0), [block], options)).outputs[0]
  return Object.fromEntries(Object.entries(result).map(([name, values]) => [name, values.slice()]))
}

describe.each(candidatesOfAllCompilers.map(compilingOnce))("kernel maths on $name", (backend) => {
  it.each(Object.entries(functions))(
    `%s is exact to ${RELATIVE_ERROR}, relatively`,
    async (name, { exact, points }) => {
      for (const point of points) {
        const x = Float32Array.from({ length: POINTS }, (_, i) => point(i / POINTS))
        const y = (await run(backend, x))[name]
        let worst = 0
        let at = 0
        x.forEach((v, i) => {
          const want = exact(v)
          // below the normal numbers of float32, the smallest one is allowed as an absolute error
          const error = Math.abs(y[i] - want) / Math.max(Math.abs(want), 1.2e-38)
          if (!(error <= worst)) [worst, at] = [error, v]
        })
        expect(worst, `${name}(${at})`).toBeLessThan(RELATIVE_ERROR)
      }
    },
  )

  it("stays finite and ordered at the ends", async () => {
    const x = new Float32Array(LANES)
    x.set([-1e30, -1000, -88, 0, 88, 1000, 1e30])
    const { exp, tanh, sigmoid } = await run(backend, x)
    for (const values of [exp, tanh, sigmoid])
      for (let i = 0; i < 6; i++) {
        expect(values[i]).toBeLessThanOrEqual(values[i + 1])
        expect(Number.isFinite(values[i + 1])).toBe(true)
      }
    expect([tanh[0], tanh[3], tanh[6]]).toEqual([-1, 0, 1])
    expect([sigmoid[3], sigmoid[6]]).toEqual([0.5, 1])
    expect(exp[3]).toBe(1)
  })
})
