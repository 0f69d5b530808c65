// Wrong answers come back, and a search finds the examples of which the model is least sure.

import { expect, test } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { random } from "../../src/core/rng.ts"
import { type AnyExample, encodingOf } from "../../src/encoding/index.ts"
import { symbolEncoding } from "../../src/encoding/symbols.ts"
import { createTask } from "../../src/tasks/index.ts"
import { drawGroups, plainDraw } from "../../src/training/batches.ts"
import { defaultConfig, type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { compileModel } from "../../src/training/model.ts"
import { plainPhase } from "../../src/training/phases.ts"
import { drawn, hardest, remember } from "../../src/training/techniques/hard-buffer.ts"
import { collect, settled, stateOf } from "./runs.ts"

type Inputs = Record<string, number[][]>
const SIZE = 5

test("what was answered wrongly is asked again until it is right, in the stated share, and never when off", () => {
  const task = createTask("mul")
  const encoding = symbolEncoding(task, defaultConfig.model)
  const source = { ...plainDraw, sizes: [[SIZE, SIZE]] as const, batchSize: 400 }
  const draw = (wrong: Inputs, share: number) =>
    drawGroups(encoding, { ...source, again: (size, from) => drawn(wrong[size], share, from) }, 3, [1])[0].examples
  const fresh = drawGroups(encoding, source, 3, [1])[0].examples
  const [failed, passed] = [task.random(SIZE, random(1)), task.random(SIZE, random(2))]
  const wrong: Inputs = {}
  remember(wrong, 4, SIZE, [failed, passed], [false, true])

  const times = draw(wrong, 0.5).filter(({ input }) => String(input) === String(failed.input)).length
  expect(times).toBeGreaterThan(150)
  expect(times).toBeLessThan(250)
  for (const { input, target } of draw(wrong, 0.5)) expect(target).toEqual(task.oracle(input))
  expect(draw(wrong, 0)).toEqual(fresh)
  expect(plainPhase().hardBuffer.share).toBe(0)

  remember(wrong, 4, SIZE, [failed], [true])
  expect(wrong).toEqual({})
  const many = Array.from({ length: 9 }, (_, i) => task.random(6, random(10 + i)))
  remember(
    wrong,
    4,
    6,
    many,
    many.map(() => false),
  )
  expect(wrong[6]).toEqual(many.slice(-4).map(({ input }) => [...input]))
})

test("the hardest inputs are kept, hardest first, each once", () => {
  const inputs = [
    [1, 2],
    [3, 4],
    [1, 2],
    [5, 6],
    [7, 8],
  ].map((input) => Uint8Array.from(input))
  expect(hardest(inputs, [0.2, 0.1, 0.2, 3, 0], 3)).toEqual([
    [5, 6],
    [1, 2],
    [3, 4],
  ])
  expect(hardest(inputs, [0, 0, 0, 0, 0], 9)).toHaveLength(4)
})

test("a search keeps what the model is least sure of as it answers, hardest first; none when off", async () => {
  const given = {
    task: { name: "add" },
    model: { name: "neural-gpu", maps: 6 },
    learningRate: 0.02,
    sizes: [[4, 4]],
    curriculum: { threshold: 0.4 },
    learned: { every: 1, exact: 0 },
    goal: { size: 12, samples: 8, times: 3, every: 5, confirm: null },
    steps: 31,
  } as const satisfies PartialConfig
  const settledWith = (hardBuffer: object): PartialConfig => ({
    ...given,
    phases: [{ until: "learned" }, { ...settled, hardBuffer }],
  })
  const { snapshots } = await collect(settledWith({ share: 0.5, search: 40, perSize: 6 }))
  // a search runs before step 31, with the weights after step 30
  const { found } = stateOf<{ found: Inputs }>(snapshots.get(31), "hardBuffer")
  const { tensors } = snapshots.get(30) as Snapshot
  expect(Object.keys(found)).toEqual(["4"])
  expect(stateOf<{ found: Inputs }>(snapshots.get(10), "hardBuffer").found).toEqual({})
  expect(stateOf<{ found: Inputs }>(snapshots.get(30), "hardBuffer").found).not.toEqual(found)

  const config = resolveConfig(given)
  const encoding = encodingOf(config.task, config.model)
  const model = await compileModel(config, wasm(1))
  const weights = new Float32Array(model.trainable)
  for (const { name, offset, trainable } of model.train.plan.shared)
    if (trainable) weights.set(tensors.get(name)?.data as Float32Array, offset)
  model.predictor.setWeights(weights)
  const errors = async (examples: readonly AnyExample[]) =>
    encoding.worst(examples, await model.predictor.logits(4, examples))
  const kept = await errors(found[4].map((input) => encoding.asked(Uint8Array.from(input))))
  const others = await errors(Array.from({ length: 200 }, (_, i) => encoding.hard(4, random(i))))
  await model.dispose()
  expect(kept).toHaveLength(6)
  expect(kept).toEqual([...kept].sort((a, b) => b - a))
  const harder = others.filter((error) => error > (kept.at(-1) as number)).length
  expect(harder).toBeLessThan(others.length / 4)

  for (const off of [{ share: 0.5 }, { share: 0, search: 40 }]) {
    const { snapshots } = await collect({ ...settledWith(off), steps: 21 })
    expect(stateOf<{ found: Inputs }>(snapshots.get(21), "hardBuffer").found).toEqual({})
  }
})
