// Shrinkage takes as much from every weight as it says, after the optimiser and before the average, and a run with it goes on bit for bit.

import { expect, test } from "vitest"
import { input } from "../../src/core/expr.ts"
import { compileForArrays } from "../../src/core/expr-arrays.ts"
import { resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { type OptimizerConfig, optimizers } from "../../src/training/optimizers/index.ts"
import { shrunk } from "../../src/training/techniques/shrinkage.ts"
import { collect, learntAt2, trainedNames } from "./runs.ts"

const BY = 0.01

const soft = (weights: Float32Array, by: number): Float32Array => {
  const out = new Float32Array(weights.length)
  compileForArrays(shrunk(input(0), by))([weights], out)
  return out
}

test("a weight comes nearer to 0 by what is said, and not beyond it", () => {
  expect([...soft(Float32Array.of(0.5, -0.5, 0.008, -0.008, 0), BY)]).toEqual(
    [0.49, -0.49, 0, 0, 0].map((x) => expect.closeTo(x, 6)),
  )
  const some = Float32Array.of(0.5, -0.5, 0.008)
  expect(soft(some, 0)).toEqual(some)
})

test.each(Object.keys(optimizers))(
  "with %s the first step ends so much nearer to 0, and so does the average",
  async (name) => {
    const config = { ...learntAt2, optimizer: { name } as OptimizerConfig, steps: 1 }
    const plain = (await collect(config)).snapshots.get(1) as Snapshot
    const shorter = (await collect({ ...config, shrinkage: BY })).snapshots.get(1)
    const names = trainedNames(plain)
    expect(names.length).toBeGreaterThan(5)
    for (const tensor of [...names, ...names.map((name) => `average/${name}`)])
      soft(plain.tensors.get(tensor)?.data as Float32Array, BY).forEach((x, i) =>
        expect(shorter?.tensors.get(tensor)?.data[i], tensor).toBeCloseTo(x, 6),
      )
  },
)

test("a run goes on bit for bit, and weights that nothing asks for end at 0", async () => {
  const config = { ...learntAt2, shrinkage: BY, steps: 20 }
  const straight = await collect(config)
  const again = await collect(config, straight.snapshots.get(7))
  expect(again.snapshots.get(20)).toEqual(straight.snapshots.get(20))
  const share = (snapshot: Snapshot) => {
    const all = trainedNames(snapshot).flatMap((name) => [...(snapshot.tensors.get(name)?.data ?? [])])
    return all.filter((x) => x === 0).length / all.length
  }
  expect(share((await collect({ ...config, shrinkage: 0 })).snapshots.get(20) as Snapshot)).toBe(0)
  expect(share(straight.snapshots.get(20) as Snapshot)).toBeGreaterThan(0.1)
})

test("what cannot be is refused", () => {
  expect(() => resolveConfig({ shrinkage: -1 })).toThrow(/shrinkage: got -1, expected a number of at least 0/)
})
