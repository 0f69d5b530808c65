// Weights that have forgotten everything become their average again; a run that does so goes on bit for bit, and one that is told not to never does.

import { describe, expect, test } from "vitest"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, TrainEvent } from "../../src/training/events.ts"
import { createOptimizer, type OptimizerConfig, optimizers } from "../../src/training/optimizers/index.ts"
import { runningShare } from "../../src/training/techniques/recovery.ts"
import { collect, learntAt2, of, trainedNames } from "./runs.ts"

async function trained(changes: PartialConfig, from?: Snapshot) {
  const { events, snapshots } = await collect({ ...learntAt2, average: 0.5, ...changes }, from)
  return { events, recoveries: of(events, "recovery").map(({ step }) => step), snapshots }
}

const data = (snapshot: Snapshot | undefined, name: string) => snapshot?.tensors.get(name)?.data

describe.each(Object.keys(optimizers))("with %s", (optimizer) => {
  const recovering = { optimizer: { name: optimizer } as OptimizerConfig, recovery: { below: 0.9, over: 2 } }

  test("the average takes the place of weights that answer too little, and they stand", async () => {
    const { recoveries, snapshots } = await trained(recovering)
    expect(recoveries).toEqual([3, 4, 5, 6])
    const { direction } = createOptimizer(recovering.optimizer)
    for (const [step, snapshot] of snapshots)
      for (const name of trainedNames(snapshot)) {
        const stands = data(snapshot, `${optimizer}/${direction}/${name}`)?.every((x) => x === 0)
        expect(stands, `${name}, step ${step}`).toBe(step > 2)
        expect(data(snapshot, name), name).toEqual(data(snapshot, `average/${name}`))
      }
  })

  test("a run goes on bit for bit", async () => {
    const straight = await trained(recovering)
    const again = await trained(recovering, straight.snapshots.get(4))
    expect(again.recoveries).toEqual([5, 6])
    expect(again.snapshots.get(6)).toEqual(straight.snapshots.get(6))
  })
})

test("it waits until the running share has fallen, and then until it has fallen again", async () => {
  const { recoveries, snapshots } = await trained({ recovery: { below: 0.55, over: 3 }, steps: 8 })
  let share = 1
  const expected: number[] = []
  for (let step = 3; step <= 8; step++) {
    const state = snapshots.get(step)?.state as Snapshot["state"]
    share = runningShare({ below: 0.55, over: 3 }, share, 1 - state.wrong)
    if (share < 0.55) {
      expected.push(step)
      share = 1
    }
    expect(state.lately).toBe(share)
  }
  expect(expected.length).toBeGreaterThan(1)
  expect(recoveries).toEqual(expected)
  expect(recoveries).not.toContain(3)
})

test("off, or before it settles, the weights stay what they are", async () => {
  const errors = ({ events }: { events: TrainEvent[] }) => of(events, "step").map(({ error }) => error)
  const plain = await trained({})
  expect(plain.recoveries).toEqual([])
  const off = await trained({ recovery: { below: 0, over: 1 } })
  expect(off.snapshots.get(6)).toEqual(plain.snapshots.get(6))
  const before = await trained({ recovery: { below: 1, over: 1 }, settle: null })
  expect(before.recoveries).toEqual([])
  const on = await trained({ recovery: { below: 1, over: 1 } })
  expect(errors(on).slice(0, 3)).toEqual(errors(plain).slice(0, 3))
  expect(errors(on)[4]).not.toBeCloseTo(errors(plain)[4], 5)
})

test("shares and batches that cannot be are refused", () => {
  expect(() => resolveConfig({ recovery: { below: 2 } })).toThrow(
    /recovery\.below: got 2, expected a number from 0 to 1/,
  )
  expect(() => resolveConfig({ recovery: { over: 0 } })).toThrow(/recovery\.over: got 0, expected a whole number/)
})
