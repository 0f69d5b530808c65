// The runs of the page: nothing that was trained is lost without a word. The test takes the place of workers.

import { beforeEach, describe, expect, it, vi } from "vitest"
import { resolveConfig } from "../../src/training/config.ts"
import type { TrainReply } from "../../web/src/engine/messages.ts"
import { addRun, createRun, MOST_RUNS, removeRun, runs } from "../../web/src/runs.ts"

const { trainers } = vi.hoisted(() => ({ trainers: [] as { hear(reply: TrainReply): void; isDisposed: boolean }[] }))
vi.mock("../../web/src/engine/train-client.ts", () => ({
  createTrainer(hear: (reply: TrainReply) => void) {
    const trainer = { hear, isDisposed: false }
    trainers.push(trainer)
    const dispose = () => void (trainer.isDisposed = true)
    return { isBusy: () => false, start() {}, stop() {}, whenStopped: (action: () => void) => action(), dispose }
  },
}))
beforeEach(() => {
  for (const run of runs.value) removeRun(run)
  trainers.splice(0)
})

const config = resolveConfig({ task: { name: "copy" }, model: { maps: 6 } })
const row = { error: 1, symbol: 0.5, exact: 0, size: 3, learningRate: 0.01, dropout: 0, distance: 0 }
const add = () => {
  const run = createRun(`run ${runs.value.length}`, config, "wasm")
  addRun(run)
  return run
}

it("a further run removes no other; where there is no room, that is told", () => {
  const added = Array.from({ length: MOST_RUNS }, add)
  expect(runs.value).toEqual(added)
  expect(add).toThrow(/there are 4 runs already/)
  expect(runs.value).toEqual(added)
  expect(trainers.some(({ isDisposed }) => isDisposed)).toBe(false)
})

describe("a run is unsaved", () => {
  it("from its first step until a file holds the newest", () => {
    const run = add()
    expect(run.isUnsaved()).toBe(false)
    trainers[0].hear({ k: "steps", rows: [1, 2, 3].map((step) => ({ ...row, step })), seconds: 1 })
    expect(run.isUnsaved()).toBe(true)
    run.keep(2)
    expect(run.isUnsaved()).toBe(true)
    run.keep(3)
    expect(run.isUnsaved()).toBe(false)
  })
})
