// Several tasks trained together: all are learned, each is reported, and the worst one decides whether sizes
// are learned. A single task is unchanged.

import { expect, test } from "vitest"
import type { PartialConfig } from "../../src/training/config.ts"
import type { Snapshot, TrainEvent } from "../../src/training/events.ts"
import { collect, of, settled } from "./runs.ts"

const evaluations = (events: readonly TrainEvent[]) => of(events, "evaluation")

const first = {
  until: "learned",
  dropout: { rate: 0 },
  hardExamples: { share: 0.2 },
  restart: { enabled: false },
} as const
const config: PartialConfig = {
  task: { name: "copy,reverse" },
  model: { name: "neural-gpu", maps: 12 },
  learningRate: 0.02,
  steps: 800,
  sizes: [[1, 3]],
  batchSize: 32,
  curriculum: { threshold: 0.4 },
  learned: { every: 25, exact: 1 },
  goal: { size: 3, samples: 16, times: 1, every: 25, confirm: null },
  phases: [first, { ...settled, restart: { enabled: false } }],
}

test("copy and reverse are learned by one model, and count as learned when both are right twice in a row", async () => {
  const { events } = await collect(config)
  const at = events.findIndex((e) => e.type === "learned")
  expect(at).toBeGreaterThan(0)
  const before = evaluations(events.slice(0, at))
  expect(before.map((e) => e.task)).toEqual(before.map((_, i) => ["copy", "reverse"][i % 2]))
  const checks = Array.from({ length: before.length / 2 }, (_, i) => before.slice(2 * i, 2 * i + 2))
  const right = checks.map((both) => both.every((e) => e.exact === 1))
  expect(right.slice(-2)).toEqual([true, true])
  expect(right.slice(0, -2).some((one, i) => one && right[i + 1])).toBe(false)
  // the goal measures each of them, with hard examples
  const after = evaluations(events.slice(at))
  for (const hard of [false, true])
    expect(new Set(after.filter((e) => e.hard === hard).map((e) => e.task))).toEqual(new Set(["copy", "reverse"]))
  expect(events.at(-1)).toMatchObject({ type: "done", reason: "generalizes" })
})

test("goes on bit for bit", async () => {
  const short: PartialConfig = {
    ...config,
    steps: 12,
    learned: { every: 2, exact: 0 },
    phases: [{ ...first, hardBuffer: { share: 0.5 } }, settled],
  }
  const straight = await collect(short)
  for (const step of [3, 8]) {
    const again = await collect(short, straight.snapshots.get(step))
    const [a, b] = [straight.snapshots.get(12), again.snapshots.get(12)] as [Snapshot, Snapshot]
    expect(b.state).toEqual(a.state)
    for (const [name, { data }] of a.tensors) expect(b.tensors.get(name)?.data, name).toEqual(data)
  }
})

test("a task by itself is told as before", async () => {
  const { events } = await collect({ ...config, task: { name: "copy" }, steps: 25 })
  expect(evaluations(events)).toHaveLength(1)
  expect(evaluations(events)[0]).not.toHaveProperty("task")
})
