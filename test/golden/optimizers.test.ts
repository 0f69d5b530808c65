// Every optimiser against PyTorch's, or against its paper's formula: weights after each of twelve updates.
// The numbers come from scripts/golden_optimizers.py.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import {
  createOptimizer,
  newMemory,
  type OptimizerConfig,
  optimizerDefaults,
  optimizers,
  stepper,
} from "../../src/training/optimizers/index.ts"
import { difference } from "../samples.ts"

interface Golden {
  readonly start: readonly number[]
  readonly gradients: readonly (readonly number[])[]
  readonly cases: readonly {
    readonly case: string
    readonly config: OptimizerConfig
    readonly rates: readonly number[]
    readonly weights: readonly (readonly number[])[]
  }[]
}
const golden = JSON.parse(readFileSync(new URL("optimizers.json", import.meta.url), "utf8")) as Golden

/** Memory is float32. */
const TOLERANCE = 1e-6

describe.each(golden.cases)("$case", ({ config, rates, weights }) => {
  it("moves weights as the formula does, step by step", () => {
    const optimizer = createOptimizer(config)
    const step = stepper(optimizer)
    const memory = newMemory(optimizer, golden.start.length)
    const w = Float32Array.from(golden.start)
    for (const [i, gradient] of golden.gradients.entries()) {
      step(w, Float32Array.from(gradient), rates[i], memory)
      expect(difference(w, weights[i]), `after step ${i + 1}`).toBeLessThan(TOLERANCE)
    }
  })
})

it("has numbers for every optimiser that there is", () => {
  expect(new Set(golden.cases.map(({ config }) => config.name))).toEqual(new Set(Object.keys(optimizers)))
})

it("begins with the published numbers", () => {
  expect(optimizerDefaults).toEqual({
    adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-4 }, // Kingma & Ba; epsilon: Kaiser & Sutskever 2016, §3
    adamax: {
      ...{ beta1: 0.9, decay: 0.01, decayFloor: 0.0005, decayHalving: 2000 }, // all from the DNGPU code
      ...{ epsilon: 1e-8, clip: 1.2, clipFloor: 1e-4 },
    },
    rmsprop: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 }, // Graves 2013, §2.1
    sgd: { momentum: 0.9 },
  })
})
