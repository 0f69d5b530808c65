// The predictor: many questions, replaced weights, evaluation in waves, a limit of memory.

import { describe, expect, test } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { random } from "../../src/core/rng.ts"
import { encodingOf } from "../../src/encoding/index.ts"
import { freshExamples, type Wave } from "../../src/inference/evaluate.ts"
import { planEvaluation } from "../../src/inference/member.ts"
import { createPredictor } from "../../src/inference/predictor.ts"
import { allFrames } from "../../src/inference/trace.ts"
import { namedWeights } from "../../src/inference/weights.ts"
import { loadModel } from "../../src/runs/model.ts"
import { resolveConfig } from "../../src/training/config.ts"

const backend = wasm(1)
const config = resolveConfig({ task: { name: "add" }, model: { maps: 6 } })
const plan = planEvaluation(config.model, encodingOf(config.task, config.model).signature)
const valuesOf = (seed: number) => initialValues(plan.shared, seed)
const trained = (seed: number) => ({ path: `seed ${seed}`, config, weights: namedWeights(plan, valuesOf(seed)) })
const open = (seed: number) => createPredictor([trained(seed)], backend, Number.POSITIVE_INFINITY)
const fresh = (samples: number) =>
  freshExamples(encodingOf(config.task, config.model), 5, { samples, hard: false, stream: random(3) })

test("many questions of any lengths are answered as each is alone", async () => {
  const predictor = createPredictor([loadModel("add")], backend, Number.POSITIVE_INFINITY)
  const questions = ["1011+110", "1+1", predictor.task.parse("11111+1"), "110101101+1"]
  const together = await predictor.predictMany(questions)
  expect(together.map(({ answer }) => answer)).toEqual(["10001", "10", "100000", "110101110"])
  for (const [i, question] of questions.entries()) expect(await predictor.predict(question)).toEqual(together[i])
  await expect(predictor.predict("12+1")).rejects.toThrow(/base 2/)
  await predictor.dispose()
})

test("other weights, by name or as a plan's array, are asked from then on, also step by step", async () => {
  const [first, second] = [open(1), open(2)]
  const examples = fresh(20).take(20)
  const frames = async (predictor: typeof first) => allFrames(await predictor.trace("101+11"))
  const [wanted, seen] = [await second.logits(5, examples), await frames(second)]
  expect(await first.logits(5, examples)).not.toEqual(wanted)
  expect(await frames(first)).not.toEqual(seen)
  for (const weights of [valuesOf(2).subarray(0, plan.trainableSize), trained(2).weights]) {
    first.setWeights(valuesOf(1))
    first.setWeights(weights)
    expect(await first.logits(5, examples)).toEqual(wanted)
    expect(await frames(first)).toEqual(seen)
  }
  first.setWeights(new Map())
  await expect(first.ready()).rejects.toThrow("seed 1 is damaged: it lacks the weights")
  await Promise.all([first.dispose(), second.dispose()])
})

describe("an evaluation", () => {
  // otherwise no table of results could be made again
  test("draws the same examples in every version", async () => {
    const predictor = open(1)
    const shares = async (options: { seed?: number; hard?: boolean }) =>
      (await predictor.evaluate(9, { samples: 64, ...options })).symbol
    expect(await shares({})).toBeCloseTo(69 / 1216, 9)
    expect(await shares({ seed: 2 })).toBeCloseTo(58 / 1216, 9)
    expect(await shares({ hard: true })).toBeCloseTo(153 / 1900, 9)
    await predictor.dispose()
  })

  test("says before each wave how far it is, and its score does not depend on them", async () => {
    const predictor = open(1)
    const told: Wave[] = []
    const score = await predictor.score(fresh(40), { blocks: 1, onWave: (wave) => void told.push(wave) })
    const length = predictor.encoding.length(5)
    expect(told).toEqual([0, 16, 32].map((done) => ({ size: 5, length, done, of: 40 })))
    expect(await predictor.score(fresh(40), { blocks: 3 })).toEqual(score)
    await predictor.dispose()
  })

  test("can end with the first wave that has a wrong answer", async () => {
    const predictor = open(1) // untrained: none is right
    expect((await predictor.score(fresh(100), { blocks: 2, untilWrong: true })).answers).toBe(32)
    await predictor.dispose()
  })

  test("lets signals and messages be heard, on a backend that never waits", async () => {
    const predictor = open(1)
    await predictor.ready()
    let heard = 0
    const timer = setInterval(() => heard++, 0)
    await predictor.score(fresh(160), { blocks: 1 })
    clearInterval(timer)
    expect(heard).toBeGreaterThan(3)
    await predictor.dispose()
  })

  test("waits for whoever is told", async () => {
    const predictor = open(1)
    let waiting = 0
    const onWave = async () => {
      expect(++waiting).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 2))
      waiting--
    }
    await Promise.all([predictor.evaluate(5, { samples: 200, onWave })])
    await predictor.dispose()
  })

  test("of a size that does not fit is refused with what it takes", async () => {
    const predictor = createPredictor([trained(1)], backend, 1e6)
    expect(() => predictor.requireFits(3)).not.toThrow()
    await expect(predictor.evaluate(5000, { samples: 1 })).rejects.toThrow(
      /^add: size 5000 needs [\d.]+ GB of memory, expected at most 0\.0 GB; use a smaller size$/,
    )
    await predictor.dispose()
  })
})
