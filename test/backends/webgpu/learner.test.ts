// Weights that stay on the device learn as they do on the host: every optimiser, clipping, noise, copies that are pulled together or are one, the
// average; what is kept is what it was.

import { describe, expect, it } from "vitest"
import type { Program } from "../../../src/backends/backend.ts"
import type { Arrays, Learner, StepNumbers } from "../../../src/backends/learner.ts"
import { wasm } from "../../../src/backends/wasm/index.ts"
import { webgpu } from "../../../src/backends/webgpu/index.ts"
import { mul } from "../../../src/core/expr.ts"
import { sum } from "../../../src/core/map.ts"
import { keysOf, random } from "../../../src/core/rng.ts"
import { plan } from "../../../src/plan/planner.ts"
import { hostLearner, ruleOf } from "../../../src/training/learner.ts"
import { createOptimizer, type OptimizerConfig, optimizers } from "../../../src/training/optimizers/index.ts"
import { difference, noWebgpu, options, project, randomBlock, SampleGraph } from "../../engine.ts"

/** float32 against float64, after three steps. */
const TOLERANCE = 5e-6

/** More weights than one workgroup sums, and not a multiple of anything. */
const p = (() => {
  const g = new SampleGraph()
  const keep = g.setting("keep", 1)
  g.prefix = "products: "
  const w = g.parameter("w", [1, 67, 79], { uniform: 1 })
  const bias = g.parameter("bias", [1, 1, 6], { uniform: 1 })
  const products = g.map([g.lane("x", ["L", 1, 1]), w, keep], (x, w, keep) => mul(mul(x, w), mul(w, keep)))
  const loss = project(g, g.map([sum(g, products, [1, 1, 1]), bias], mul))
  return plan(g, { outputs: { loss }, loss })
})()
const blocks = [randomBlock(p, 2, 0), randomBlock(p, 3, 0, 16)]
const copies = [
  { offset: 0, size: 31, copies: 3 },
  { offset: 100, size: 1200, copies: 4 },
]

const everything: Omit<StepNumbers, "numbers"> = {
  settings: { keep: 0.5 },
  decay: 0.9,
  averaged: false,
  pull: 0.1,
  clipElements: 0.2,
  clip: 1.5,
  deviation: 0.02,
  keys: keysOf(7, 4, 1),
}
const nothing = { ...everything, decay: 0, clipElements: Infinity, clip: Infinity, deviation: 0, pull: 0 }

function beginning(learner: Learner, slots: readonly string[]): void {
  const numbers = random(11)
  const weights = Float32Array.from({ length: p.trainableSize }, () => 2 * numbers.uniform() - 1)
  const zeros = slots.map((name) => [name, new Float32Array(p.trainableSize)])
  learner.write({ weights, average: weights, ...Object.fromEntries(zeros) })
}

/** Three steps, the copies becoming one before the last. */
async function learn(learner: Learner, config: OptimizerConfig, numbers: Omit<StepNumbers, "numbers">) {
  const optimizer = createOptimizer(config)
  const scalars = { ...optimizer.scalars }
  beginning(learner, optimizer.slots)
  const told: number[] = []
  for (let i = 0; i < 3; i++) {
    if (i === 2) learner.averageCopies()
    const given = { ...numbers, averaged: i === 2, numbers: optimizer.advance(0.01, scalars) }
    const { outputs, norm, distance, finite } = await learner.step(blocks, options, given)
    told.push(norm, distance, Number(finite), ...outputs[1].loss)
  }
  const arrays: Arrays = await learner.keep().read()
  return { told, arrays }
}

describe.skipIf(noWebgpu)("learning on the device", async () => {
  const [here, there]: Program[] = noWebgpu ? [] : await Promise.all([webgpu().compile(p), wasm(1).compile(p)])
  const learners = async (config: OptimizerConfig) => {
    const rule = { ...ruleOf(createOptimizer(config), p, 0.001), copies }
    return [(await here.learner?.(rule)) as Learner, hostLearner(there, rule)] as const
  }

  it.each(Object.keys(optimizers))("%s: as on the host, with everything and with nothing", async (name) => {
    const config = { name } as OptimizerConfig
    const [device, host] = await learners(config)
    for (const numbers of [everything, nothing]) {
      const [got, want] = [await learn(device, config, numbers), await learn(host, config, numbers)]
      expect(difference(got.told, want.told)).toBeLessThan(TOLERANCE)
      expect(Object.keys(got.arrays)).toEqual(Object.keys(want.arrays))
      for (const [array, values] of Object.entries(want.arrays))
        expect(difference(got.arrays[array], values), array).toBeLessThan(TOLERANCE)
      expect(await learn(device, config, numbers), "the same bits twice").toEqual(got)
    }
    await device.dispose()
  })

  it("what was kept stays as it was for one more; what is too old, and numbers that are not finite, are told", async () => {
    const [device, host] = await learners({ name: "sgd" })
    for (const learner of [device, host]) {
      beginning(learner, ["velocity"])
      const before = learner.keep()
      const weights = await learner.read("weights")
      const step = (more: Partial<StepNumbers>) =>
        learner.step(blocks, options, { ...everything, numbers: { rate: 0.01 }, ...more })
      expect((await step({})).finite).toBe(true)
      const after = learner.keep()
      expect((await before.read()).weights).toEqual(weights)
      expect((await after.read()).weights).not.toEqual(weights)
      learner.keep()
      await expect(before.read()).rejects.toThrow(/kept too long ago/)
      expect((await step({ settings: { keep: Number.NaN } })).norm).toBeNaN()
      expect((await step({})).finite).toBe(false)
    }
    await device.dispose()
  })
})
