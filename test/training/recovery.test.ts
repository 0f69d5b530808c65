// Recovery replaces the weights of a model that forgets by their EMA, resumes bit for bit, and can be
// switched off.

import { describe, expect, test } from "vitest"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { optimizers } from "../../src/training/optimizers/index.ts"
import type { PartialPhase } from "../../src/training/phases.ts"
import { collect, errorsOf, learnedAt2, of, originalSettled, parametersOf, stateOf } from "./runs.ts"

async function trained(phase: PartialPhase, changes: PartialConfig = {}, from?: Snapshot) {
  const config = { ...learnedAt2({ ...originalSettled, ema: { decay: 0.5 }, ...phase }), ...changes }
  const { events, snapshots } = await collect(config, from)
  return { events, recoveries: of(events, "recovery").map(({ step }) => step), snapshots }
}

const data = (snapshot: Snapshot | undefined, name: string) => snapshot?.tensors.get(name)?.data

describe.each(Object.keys(optimizers) as (keyof typeof optimizers)[])("with %s", (optimizer) => {
  // the running mean starts at 1 and moves by a fiftieth, so one wrong batch is enough
  const recovering = [{ recovery: { below: 0.99 } }, { optimizer: { name: optimizer } }] as const

  test("the average takes the place of weights that answer too little, and they stand", async () => {
    const { recoveries, snapshots } = await trained(...recovering)
    expect(recoveries).toEqual([3, 4, 5, 6])
    const [momentum] = optimizers[optimizer].momentum
    for (const [step, snapshot] of snapshots)
      for (const name of parametersOf(snapshot)) {
        const stands = data(snapshot, `optimizer/${momentum}/${name}`)?.every((x) => x === 0)
        expect(stands, `${name}, step ${step}`).toBe(step > 2)
        expect(data(snapshot, name), name).toEqual(data(snapshot, `ema/${name}`))
      }
  })

  test("a run goes on bit for bit", async () => {
    const straight = await trained(...recovering)
    const again = await trained(...recovering, straight.snapshots.get(4))
    expect(again.recoveries).toEqual([5, 6])
    expect(again.snapshots.get(6)).toEqual(straight.snapshots.get(6))
  })
})

test("it waits until the running share has fallen, and then until it has fallen again", async () => {
  const { events, recoveries, snapshots } = await trained({ recovery: { below: 0.95 } }, { steps: 12 })
  let share = 1
  const expected: number[] = []
  for (const { step, exact } of of(events, "step").slice(2)) {
    share += (exact - share) / 50
    if (share < 0.95) {
      expected.push(step)
      share = 1
    }
    expect(stateOf<{ recent: number }>(snapshots.get(step), "recovery").recent).toBe(share)
  }
  expect(expected.length).toBeGreaterThan(1)
  expect(recoveries).toEqual(expected)
  expect(recoveries).not.toContain(3)
})

test("off, or before its phase, the weights stay what they are", async () => {
  const plain = await trained({})
  expect(plain.recoveries).toEqual([])
  const off = await trained({ recovery: { below: 0 } })
  expect(off.snapshots.get(6)).toEqual(plain.snapshots.get(6))
  const before = await trained({ recovery: { below: 1 } }, { learned: { every: 1000 } })
  expect(before.recoveries).toEqual([])
  const on = await trained({ recovery: { below: 1 } })
  expect(errorsOf(on.events).slice(0, 3)).toEqual(errorsOf(plain.events).slice(0, 3))
  expect(errorsOf(on.events)[4]).not.toBeCloseTo(errorsOf(plain.events)[4], 5)
})

test("shares that cannot be are refused", () => {
  expect(() => resolveConfig({ phases: [{ recovery: { below: 2 } }] })).toThrow(
    /phases\.0\.recovery\.below: got 2, expected a number from 0 to 1/,
  )
})
