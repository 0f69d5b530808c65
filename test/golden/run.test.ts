// A whole training run from its seed against PyTorch: curriculum, relaxation, dropout by length, clipping,
// gradient noise, Adam and an L1 proximal step, in the trainer's order. The numbers come from
// scripts/golden-run.py, an independent computation in float64.

import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { StepEvent } from "../../src/training/events.ts"
import { train } from "../../src/training/trainer.ts"
import { candidates, difference } from "../engine.ts"

interface Golden {
  readonly config: PartialConfig
  readonly steps: readonly (Record<"size" | "error" | "exact" | "symbol" | "gradientNorm" | "distance", number> & {
    readonly averaged: boolean
  })[]
  readonly weights: Readonly<Record<string, readonly number[]>>
}
const golden = JSON.parse(readFileSync(new URL("run.json", import.meta.url), "utf8")) as Golden

/** Tolerance for twenty steps in single precision. */
const TOLERANCE = 2e-5

it("goes through everything: sizes, the copies becoming one, clipped and unclipped gradients", () => {
  expect(new Set(golden.steps.map((s) => s.size))).toEqual(new Set([1, 2, 3, 4]))
  expect(new Set(golden.steps.map((s) => s.averaged))).toEqual(new Set([false, true]))
  expect(golden.steps.some((s) => s.gradientNorm > 0.5) && golden.steps.some((s) => s.gradientNorm < 0.5)).toBe(true)
})

it.each(candidates)("$name trains as PyTorch does, step for step", async (backend) => {
  const events: StepEvent[] = []
  for await (const event of train(resolveConfig(golden.config), backend.create(1)))
    if (event.type === "step") events.push(event)
  expect(events).toHaveLength(golden.steps.length)
  for (const [i, { size, exact, symbol, ...numbers }] of golden.steps.entries()) {
    expect({ i, size: events[i].size, exact: events[i].exact }).toEqual({ i, size, exact })
    expect(events[i].symbol).toBeCloseTo(symbol, 9)
    for (const name of ["error", "gradientNorm", "distance"] as const)
      expect(
        Math.abs(events[i][name] - numbers[name]) / Math.max(1, numbers[name]),
        `${name} of step ${i}`,
      ).toBeLessThan(TOLERANCE)
  }
  const { tensors } = await events[events.length - 1].snapshot()
  for (const [name, values] of Object.entries(golden.weights))
    expect(difference(tensors.get(name)?.data as Float32Array, values), name).toBeLessThan(TOLERANCE)
})
