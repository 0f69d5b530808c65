// Techniques in isolation: the gradient, the weight of the saturation cost, and the verdict on an attempt.

import { describe, expect, it, test } from "vitest"
import { hostUpdate } from "../../src/backends/host-resident.ts"
import { keysOf, random } from "../../src/core/rng.ts"
import { GRADIENT, UpdateBuilder, WEIGHTS } from "../../src/plan/update.ts"
import { clip } from "../../src/training/techniques/clip.ts"
import { deviationOf, gradientNoise } from "../../src/training/techniques/gradient-noise.ts"
import { GOAL_BY, JOINED_BY, PROVED_ACCURACY, PROVED_AFTER, restart } from "../../src/training/techniques/restart.ts"
import { adapted } from "../../src/training/techniques/saturation.ts"

type Limits = { readonly elements: number | null; readonly norm: number | null }

/** A gradient after clipping, and the reported norm. */
function clipped(limits: Limits, values: readonly number[], phases: readonly Limits[] = [limits]) {
  const u = new UpdateBuilder([], [WEIGHTS])
  clip.update.clip?.(u, phases)
  const gradient = Float32Array.from(values)
  const numbers = clip.numbers({ options: limits, state: {}, run: {} as never })
  const sums = hostUpdate(u.finish(), values.length)({ [GRADIENT]: gradient }, numbers, {})
  return { gradient: [...gradient], norm: Math.sqrt(sums["squared norm"]) }
}

describe("clipping", () => {
  it("shortens a long gradient to the norm and leaves a short one alone", () => {
    const limits = { elements: null, norm: 1 }
    const long = clipped(limits, [3, 4])
    expect(long.norm).toBe(5)
    expect(long.gradient).toEqual([Math.fround(0.6), Math.fround(0.8)])
    expect(clipped(limits, [0.3, 0.4]).gradient).toEqual([Math.fround(0.3), Math.fround(0.4)])
  })

  it("clips elements first, and the norm is that of what is left", () => {
    const { gradient, norm } = clipped({ elements: 3, norm: 1 }, [30, -4])
    expect(norm).toBeCloseTo(Math.hypot(3, 3), 6)
    expect(gradient.map((x) => x.toFixed(6))).toEqual(["0.707107", "-0.707107"])
    expect(clipped({ elements: 3, norm: null }, [30, -4, 1]).gradient).toEqual([3, -3, 1])
  })

  it("leaves every number as it is where a phase has none, though another has", () => {
    const none = { elements: null, norm: null }
    const { gradient, norm } = clipped(none, [30, -4e20], [none, { elements: 3, norm: 1 }])
    expect(gradient).toEqual([30, Math.fround(-4e20)])
    expect(norm).toBeGreaterThan(1e20)
  })
})

test("gradient noise has the paper's strength, falls with the step and is absent for a perfect model or at scale 0", () => {
  const deviation = (scale: number, step: number, wrong: number) => {
    const u = new UpdateBuilder([], [WEIGHTS])
    gradientNoise.update.noise?.(u, [])
    const gradient = new Float32Array(20000)
    const numbers = { "gradient noise": deviationOf(scale, step, wrong) }
    hostUpdate(u.finish(), gradient.length)({ [GRADIENT]: gradient }, numbers, { "gradient noise keys": keysOf(7) })
    return Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0) / gradient.length)
  }
  expect(deviation(0.1, 1, 0.52)).toBeCloseTo(0.1 * Math.sqrt(0.5), 2)
  expect(deviation(0.1, 100, 0.52) / deviation(0.1, 1, 0.52)).toBeCloseTo(100 ** -0.275, 2)
  expect(deviation(0, 1, 1)).toBe(0)
  expect(deviation(1, 1, 0.02)).toBe(0)
})

test("gradient noise is that of the named stream, number by number", () => {
  const u = new UpdateBuilder([], [WEIGHTS])
  gradientNoise.update.noise?.(u, [])
  const gradient = Float32Array.of(1, 2, 3)
  hostUpdate(u.finish(), 3)(
    { [GRADIENT]: gradient },
    { "gradient noise": 0.5 },
    { "gradient noise keys": keysOf(7, 8) },
  )
  const stream = random(7, 8)
  expect([...gradient]).toEqual([1, 2, 3].map((x) => Math.fround(x + 0.5 * stream.normal())))
})

test("the saturation weight keeps the cost a small share of the error, within its bounds", () => {
  expect(adapted(1e-3, 0.01, 0.5, 100)).toBeCloseTo(5e-5)
  expect(adapted(1e-3, 0.01, 0.5, 1e-9)).toBe(1e-3)
  expect(adapted(1e-3, 0.01, 1e-9, 100)).toBe(1e-6)
  expect(adapted(1e-3, 0.01, 0.5, 0)).toBe(1e-3)
})

describe("an attempt has failed", () => {
  const begin = 500
  const good = { since: begin + 100, symbol: 1, stage: 3, steps: PROVED_AFTER }
  const verdict = (
    of: Partial<{ since: number | null; symbol: number; stage: number; steps: number }>,
    enabled = true,
  ) => {
    const { since, symbol, stage, steps } = { ...good, ...of }
    const state = {
      step: begin + steps,
      begin,
      learned: { streak: 0, since },
      goal: { streak: 0, symbol },
      curriculum: { stage },
    }
    return restart.verdict({ options: { enabled }, state: {}, run: { state, stages: 3 } as never })
  }

  it("where sizes have not joined in time, and not before", () => {
    expect(verdict({ stage: 2, steps: JOINED_BY - 1, since: null })).toBe(undefined)
    expect(verdict({ stage: 2, steps: JOINED_BY, since: null })).toMatch(/^only 2 of 3 groups .* in 2000 steps$/)
    expect(verdict({ stage: 3, steps: JOINED_BY, since: null })).toBe(undefined)
  })

  it("where it is right at the trained sizes only, looked at once", () => {
    const proved = { steps: 100 + PROVED_AFTER }
    expect(verdict({ ...proved, symbol: PROVED_ACCURACY })).toBe(undefined)
    expect(verdict({ ...proved, symbol: 0.85 })).toMatch(/only 85 % of symbols are right at longer sizes/)
    expect(verdict({ steps: 99 + PROVED_AFTER, symbol: 0.85 })).toBe(undefined)
    expect(verdict({ steps: 101 + PROVED_AFTER, symbol: 0.85 })).toBe(undefined)
  })

  it("where the goal is not met in time", () => {
    expect(verdict({ steps: GOAL_BY - 1 })).toBe(undefined)
    expect(verdict({ steps: GOAL_BY })).toBe("the goal was not met in 4000 steps")
  })

  it("never where starting over is switched off", () => expect(verdict({ steps: GOAL_BY }, false)).toBe(undefined))
})
