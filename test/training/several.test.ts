// Several tasks trained together: all are learnt, each is reported, none may lag when the trained sizes count as learnt; a single task is as it was.

import { expect, test } from "vitest"
import type { PartialConfig } from "../../src/training/config.ts"
import type { Snapshot, TrainEvent } from "../../src/training/events.ts"
import { collect, of } from "./runs.ts"

const evaluations = (events: readonly TrainEvent[]) => of(events, "evaluation")

const config: PartialConfig = {
  task: { name: "copy,reverse" },
  model: { maps: 12 },
  steps: 800,
  batch: { groups: [[1, 3]], examples: 32, structured: 0.2 },
  keep: 1,
  curriculum: { threshold: 0.4 },
  fit: { every: 25, samples: 16, times: 2, exact: 1 },
  goal: { size: 3, samples: 16, times: 1, every: 25, confirm: null },
  restart: { enabled: false },
}

test("copy and reverse are learnt by one model, and count as learnt when both are right twice in a row", async () => {
  const { events } = await collect(config)
  const at = events.findIndex((e) => e.type === "fit")
  expect(at).toBeGreaterThan(0)
  const before = evaluations(events.slice(0, at))
  expect(before.map((e) => e.task)).toEqual(before.map((_, i) => ["copy", "reverse"][i % 2]))
  const checks = Array.from({ length: before.length / 2 }, (_, i) => before.slice(2 * i, 2 * i + 2))
  const right = checks.map((both) => both.every((e) => e.exact === 1))
  expect(right.slice(-2)).toEqual([true, true])
  expect(right.slice(0, -2).some((one, i) => one && right[i + 1])).toBe(false)
  // the goal asks each of them too, structured examples besides
  const after = evaluations(events.slice(at))
  for (const structured of [false, true])
    expect(new Set(after.filter((e) => e.structured === structured).map((e) => e.task))).toEqual(
      new Set(["copy", "reverse"]),
    )
  expect(events.at(-1)).toMatchObject({ type: "done", reason: "generalises" })
})

test("goes on bit for bit", async () => {
  const short = { ...config, steps: 12, fit: { every: 4, samples: 8, times: 1, exact: 0 }, replay: { share: 0.5 } }
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
