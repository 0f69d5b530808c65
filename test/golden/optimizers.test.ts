// Every optimiser against PyTorch's, or against its paper's formula: weights after each of twelve updates.
// The numbers come from scripts/golden_optimizers.py.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import {
  createOptimizer,
  newMemory,
  type OptimizerConfig,
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
