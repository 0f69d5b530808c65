// The L1 proximal step shrinks every weight by its amount, after the optimizer and before the EMA, and
// resumes bit for bit.

import { expect, test } from "vitest"
import { hostUpdate } from "../../src/backends/host-resident.ts"
import { UpdateBuilder, WEIGHTS } from "../../src/plan/update.ts"
import { resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { optimizers } from "../../src/training/optimizers/index.ts"
import { l1 } from "../../src/training/techniques/l1.ts"
import { collect, learnedAt2, originalSettled, parametersOf } from "./runs.ts"

const BY = 0.01

const soft = (given: Float32Array, by: number): Float32Array => {
  const u = new UpdateBuilder([], [WEIGHTS])
  l1.update.weights?.(u, [])
  u.writeWeights()
  const weights = given.slice()
  hostUpdate(u.finish(), weights.length)({ weights }, { "l1 step": by }, {})
  return weights
}

test("a weight comes nearer to 0 by what is said, and not beyond it", () => {
  expect([...soft(Float32Array.of(0.5, -0.5, 0.008, -0.008, 0), BY)]).toEqual(
    [0.49, -0.49, 0, 0, 0].map((x) => expect.closeTo(x, 6)),
  )
  const some = Float32Array.of(0.5, -0.5, 0.008)
  expect(soft(some, 0)).toEqual(some)
})

const config = (step: number) => {
  const l1 = { step }
  return {
    ...learnedAt2(),
    phases: [
      { until: "learned", l1 },
      { ...originalSettled, l1 },
    ] as const,
  }
}

test.each(Object.keys(optimizers) as (keyof typeof optimizers)[])(
  "with %s the first step ends so much nearer to 0, and so does the average",
  async (name) => {
    const one = { optimizer: { name }, steps: 1 } as const
    const plain = (await collect({ ...config(0), ...one })).snapshots.get(1) as Snapshot
    const shorter = (await collect({ ...config(BY), ...one })).snapshots.get(1)
    const names = parametersOf(plain)
    expect(names.length).toBeGreaterThan(5)
    for (const tensor of [...names, ...names.map((name) => `ema/${name}`)])
      soft(plain.tensors.get(tensor)?.data as Float32Array, BY).forEach((x, i) =>
        expect(shorter?.tensors.get(tensor)?.data[i], tensor).toBeCloseTo(x, 6),
      )
  },
)

test("a run goes on bit for bit, and weights that nothing asks for end at 0", async () => {
  const given = { ...config(BY), steps: 20 }
  const straight = await collect(given)
  const again = await collect(given, straight.snapshots.get(7))
  expect(again.snapshots.get(20)).toEqual(straight.snapshots.get(20))
  const share = (snapshot: Snapshot) => {
    const all = parametersOf(snapshot).flatMap((name) => [...(snapshot.tensors.get(name)?.data ?? [])])
    return all.filter((x) => x === 0).length / all.length
  }
  expect(share((await collect({ ...config(0), steps: 20 })).snapshots.get(20) as Snapshot)).toBe(0)
  expect(share(straight.snapshots.get(20) as Snapshot)).toBeGreaterThan(0.1)
})

test("what cannot be is refused", () => {
  expect(() => resolveConfig({ phases: [{ l1: { step: -1 } }] })).toThrow(
    /l1\.step: got -1, expected a number of at least 0/,
  )
})
