// The history of a run: what is shown after going back is as if the future had never been.

import { describe, expect, it } from "vitest"
import { resolveConfig } from "../../src/training/config.ts"
import type { SavedStep, StepRow } from "../../web/src/engine/messages.ts"
import { createHistory } from "../../web/src/history.ts"

const { model } = resolveConfig({ task: { name: "copy" }, model: { maps: 6 } })
const row = (step: number): StepRow => ({
  step,
  ...{ error: 1 / step, symbol: 0.5, exact: 0, size: 3, learningRate: 0.01, dropout: 0.1, distance: 0 },
})
const saved = (step: number) => ({ step, tensors: new Map(), state: {} }) as unknown as SavedStep
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => row(from + i))
const sizes = (exact: number) => [{ size: 8, exact, symbol: exact }]

/** Fifty steps in ten seconds; saved and measured at 25 and 50. */
function trained() {
  const history = createHistory(model)
  history.add(rows(1, 25), 5)
  history.save(saved(25))
  history.measure(25, sizes(0.5))
  history.note(25, "learned")
  history.add(rows(26, 50), 10)
  history.save(saved(50))
  history.measure(50, sizes(1))
  history.note(50, "it generalizes")
  return history
}

describe("going back", () => {
  it("leaves nothing of the future: curves, sizes, notes, saved steps and time", () => {
    const history = trained()
    expect([history.step(), history.seconds.value, history.sizes.value]).toEqual([50, 10, sizes(1)])
    history.forget(25)
    expect(history.step()).toBe(25)
    expect(history.last.value).toEqual(row(25))
    for (const list of Object.values(history.curves)) expect(list).toHaveLength(25)
    expect(history.sizes.value).toEqual(sizes(0.5))
    expect(history.notes.value).toEqual([{ step: 25, text: "learned" }])
    expect(history.saved.value.map(({ step }) => step)).toEqual([25])
    expect(history.seconds.value).toBe(5)
  })

  it("and going on is as if it had never been further", () => {
    const history = trained()
    history.forget(25)
    history.add(rows(26, 30), 6)
    expect(history.curves.step).toEqual(rows(1, 30).map(({ step }) => step))
    expect(history.seconds.value).toBe(6)
  })
})

it("a branch has the curves and the time up to its step", () => {
  const branch = createHistory(model, saved(25))
  branch.take(trained(), 25)
  expect([branch.step(), branch.seconds.value, branch.curves.error.length]).toEqual([25, 5, 25])
})

it("keeps a bounded number of saved steps, the newest among them", () => {
  const history = createHistory(model)
  for (let step = 1; step <= 300; step++) history.save(saved(step))
  expect(history.saved.value.length).toBeLessThanOrEqual(64)
  expect(history.saved.value.at(-1)?.step).toBe(300)
  const steps = history.saved.value.map(({ step }) => step)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
})
