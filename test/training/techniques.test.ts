// Each technique does something, and is exactly absent when off.

import { expect, test } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { random } from "../../src/core/rng.ts"
import { blocksOf, encodingOf } from "../../src/encoding/index.ts"
import { symbolEncoding } from "../../src/encoding/symbols.ts"
import { planEvaluation } from "../../src/inference/member.ts"
import { createTask, taskFamilies } from "../../src/tasks/index.ts"
import { drawGroups } from "../../src/training/batches.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { planTraining } from "../../src/training/model.ts"
import {
  createOptimizer,
  newMemory,
  type OptimizerConfig,
  optimizers,
  stepper,
} from "../../src/training/optimizers/index.ts"
import { clipGlobalNorm } from "../../src/training/techniques/clip.ts"
import { addNoise, gradientNoise } from "../../src/training/techniques/gradient-noise.ts"
import { hardest, remember, replayDefaults, replayed, type Wrong } from "../../src/training/techniques/replay.ts"
import { adaptSaturation, saturationDefaults } from "../../src/training/techniques/saturation.ts"

test("clipping shortens a long gradient to the norm and leaves a short one alone", () => {
  const long = Float32Array.of(3, 4)
  expect(clipGlobalNorm(long, 1)).toBe(5)
  expect([...long]).toEqual([Math.fround(0.6), Math.fround(0.8)])
  const short = Float32Array.of(0.3, 0.4)
  clipGlobalNorm(short, 1)
  expect([...short]).toEqual([Math.fround(0.3), Math.fround(0.4)])
})

test("gradient noise has the paper's strength, falls with the step and is absent for a perfect model or at scale 0", () => {
  const deviation = (scale: number, step: number, wrong: number) => {
    const gradient = new Float32Array(20000)
    addNoise(gradient, gradientNoise(scale, step, wrong, 7))
    return Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0) / gradient.length)
  }
  expect(deviation(0.1, 1, 0.52)).toBeCloseTo(0.1 * Math.sqrt(0.5), 2)
  expect(deviation(0.1, 100, 0.52) / deviation(0.1, 1, 0.52)).toBeCloseTo(100 ** -0.275, 2)
  expect(deviation(0, 1, 1)).toBe(0)
  expect(deviation(1, 1, 0.02)).toBe(0)
})

test("the saturation weight keeps the cost a small share of the error, within its bounds", () => {
  expect(adaptSaturation(saturationDefaults, 0.01, 0.5, 100)).toBeCloseTo(5e-5)
  expect(adaptSaturation(saturationDefaults, 0.01, 0.5, 1e-9)).toBe(saturationDefaults.weight)
  expect(adaptSaturation({ ...saturationDefaults, floor: 1e-6 }, 0.01, 1e-9, 100)).toBe(1e-6)
})

test("every optimiser finds the bottom of a bowl", () => {
  const rates = { adam: 0.05, adamax: 0.05, sgd: 0.01, rmsprop: 0.005 }
  for (const name of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
    const optimizer = createOptimizer({ name } as OptimizerConfig)
    const memory = newMemory(optimizer, 2)
    const step = stepper(optimizer)
    const w = Float32Array.of(1, -2)
    for (let i = 0; i < 600; i++) step(w, Float32Array.of(w[0], 4 * w[1]), rates[name], memory)
    expect(Math.hypot(...w), name).toBeLessThan(0.1)
  }
})

test("training draws the stated share of structured examples, and the same ones again for the same step", () => {
  const task = createTask("add")
  const { batch } = resolveConfig({})
  const draw = (structured: number, step: number) =>
    drawGroups(symbolEncoding(task, resolveConfig({}).model), { ...batch, examples: 512, structured }, step, 1, 0)[5]
  // two random 17-bit numbers are equal in one of 10^5 draws, or hold long runs as rarely
  const striking = (structured: number) =>
    draw(structured, 3).examples.filter(({ input }) => {
      const ones = input.reduce((n, s) => n + Number(s === 2), 0)
      return ones < 6 || ones > input.length - 7
    }).length
  expect(striking(0)).toBeLessThan(10)
  expect(striking(0.5)).toBeGreaterThan(20)
  expect(draw(0.3, 5).examples).toEqual(draw(0.3, 5).examples)
  expect(draw(0.3, 5).examples).not.toEqual(draw(0.3, 6).examples)
})

test("hard examples are right, for every task", () => {
  for (const name of ["add", "mul", "copy", "reverse", "duplicate", "sort"]) {
    const task = createTask(name)
    for (let i = 0; i < 200; i++) {
      const { input, target } = task.hard(1 + (i % 9), random(i))
      expect(target, `${name} ${task.formatInput(input)}`).toEqual(task.oracle(input))
    }
  }
})

test("a neighbour of a question is a question of the same size that differs at a few places, for every task", () => {
  for (const name of [...taskFamilies.map((family) => family.name), "copy,add"]) {
    const task = createTask(name)
    const encoding = symbolEncoding(task, resolveConfig({}).model)
    let different = 0
    for (let i = 0; i < 50; i++) {
      const { input } = task.hard(4 + (i % 9), random(i))
      const near = encoding.near(input, 4 + (i % 9), random(i, 1))
      const [before, after] = [input, near.input].map((question) => Array.from(task.formatInput(question)))
      const shown = `${name}: ${before.join("")} and ${after.join("")}`
      expect(near.input.length, shown).toBe(input.length)
      expect(near.target, shown).toEqual(task.oracle(near.input))
      const places = before.filter((character, place) => character !== after[place]).length
      expect(places, shown).toBeLessThanOrEqual(4)
      if (places > 0) different++
    }
    expect(different, name).toBeGreaterThan(10)
  }
})

test("what was answered wrongly is asked again until it is answered right, in the stated share, and never when off", () => {
  const task = createTask("mul")
  const { batch } = resolveConfig({})
  const options = { share: 0.5, perSize: 4 }
  const draw = (wrong: Wrong, share: number) =>
    drawGroups(
      symbolEncoding(task, resolveConfig({}).model),
      {
        ...batch,
        groups: [[5, 5]],
        examples: 400,
        again: (size, from) => replayed(wrong, { ...options, share }, size, from),
      },
      3,
      1,
    )[0].examples
  const fresh = drawGroups(
    symbolEncoding(task, resolveConfig({}).model),
    { ...batch, groups: [[5, 5]], examples: 400 },
    3,
    1,
  )[0].examples
  const [failed, passed] = [task.random(5, random(1)), task.random(5, random(2))]
  const wrong: Wrong = {}
  remember(wrong, options, 5, [failed, passed], [false, true])

  const times = draw(wrong, 0.5).filter(({ input }) => String(input) === String(failed.input)).length
  expect(times).toBeGreaterThan(150)
  expect(times).toBeLessThan(250)
  for (const { input, target } of draw(wrong, 0.5)) expect(target).toEqual(task.oracle(input))
  expect(draw(wrong, 0)).toEqual(fresh)
  expect(replayDefaults.share).toBe(0)

  remember(wrong, options, 5, [failed], [true])
  expect(wrong).toEqual({})
  const many = Array.from({ length: 9 }, (_, i) => task.random(6, random(10 + i)))
  remember(
    wrong,
    options,
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

test("a model with fewer steps at least takes a random number of them in training, from that share of the length on, and all when it answers", () => {
  const task = createTask("add")
  const { batch, model } = resolveConfig({})
  const L = task.length(5)
  const encoding = symbolEncoding(task, { ...model, leastSteps: 0.75, extraSteps: 1 } as typeof model)
  const blocks = Array.from({ length: 80 }, (_, step) =>
    drawGroups(encoding, { ...batch, groups: [[5, 5]] }, 1, step, 1).flatMap((g) => g.blocks),
  ).flat()
  for (const { steps, inputs } of blocks) for (const own of inputs.steps) expect(own).toBe(steps)
  // 11 symbols: 9 steps at least, 12 at most
  expect(new Set(blocks.map(({ steps }) => steps))).toEqual(new Set([9, 10, 11, 12]))
  const [answering] = blocksOf(encoding, [task.random(5, random(1))], 0, 0)
  expect(answering.steps).toBe(L + 1)
})

test("training may take more steps than an answer, from the least share on", () => {
  const task = createTask("add")
  const { batch, model } = resolveConfig({})
  const L = task.length(5)
  const steps = (hold: number, leastSteps: number) => {
    const encoding = symbolEncoding(task, { ...model, leastSteps } as typeof model)
    const drawn = Array.from({ length: 120 }, (_, step) =>
      drawGroups(encoding, { ...batch, groups: [[5, 5]], hold }, 1, step, 1).flatMap((g) => g.blocks),
    ).flat()
    for (const { steps, inputs } of drawn) for (const own of inputs.steps) expect(own).toBe(steps)
    expect(blocksOf(encoding, [task.random(5, random(1))], 0, 0)[0].steps).toBe(L)
    return [...new Set(drawn.map(({ steps }) => steps - L))].sort((a, b) => a - b)
  }
  expect(steps(0, 1)).toEqual([0])
  expect(steps(2, 1)).toEqual([0, 1, 2])
  expect(steps(2, 0.75)).toEqual([-2, -1, 0, 1, 2])
  expect(() =>
    resolveConfig({ task: { name: "copy-vectors" }, model: { name: "ntm" }, settle: { holdSteps: 3 } }),
  ).toThrow(/settle\.holdSteps: got 3, expected 0: tasks on vectors/)
})

test("a model with extra steps takes all of them when it answers, a random number of them in training, and none when off", () => {
  const task = createTask("mul")
  const { batch, model } = resolveConfig({})
  const L = task.length(5)
  const stepsWith = (extraSteps: number) => {
    const encoding = symbolEncoding(task, { ...model, extraSteps } as typeof model)
    const blocks = Array.from({ length: 40 }, (_, step) =>
      drawGroups(encoding, { ...batch, groups: [[5, 5]] }, 1, step, 1).flatMap((g) => g.blocks),
    ).flat()
    for (const { steps, inputs } of blocks) for (const own of inputs.steps) expect(own).toBe(steps)
    const [answering] = blocksOf(encoding, [task.random(5, random(1))], 0, 0)
    return { training: new Set(blocks.map(({ steps }) => steps - L)), answering: answering.steps - L }
  }
  expect(stepsWith(3)).toEqual({ training: new Set([0, 1, 2, 3]), answering: 3 })
  expect(stepsWith(0)).toEqual({ training: new Set([0]), answering: 0 })
})

test("a slope for answers is that of larger update gates, and training knows nothing of it", async () => {
  const config = (answerSlope: number) =>
    resolveConfig({ model: { form: "original", maps: 4, width: 2, layers: 1, answerSlope } })
  const { task, model } = config(1)
  const encoding = encodingOf(task, model)
  const blocks = blocksOf(encoding, [createTask("add").random(5, random(1))], 0, 0)
  const answer = async (slope: number, factor: number) => {
    const program = await wasm(1).compile(planEvaluation(config(slope).model, encoding.signature))
    const shared = initialValues(program.plan.shared, 3)
    for (const { name, offset, size } of program.plan.shared)
      if (name.includes("/update/")) for (let i = offset; i < offset + size; i++) shared[i] *= factor
    const { outputs } = await program.run(shared, blocks, { seed: 0, trainStep: 0 })
    await program.dispose()
    return outputs[0].logits
  }
  const steep = await answer(3, 1)
  expect(steep).not.toEqual(await answer(1, 1))
  const heavy = await answer(1, 3)
  steep.forEach((x, i) => {
    expect(Math.abs(x - heavy[i])).toBeLessThan(1e-4)
  })
  const [plain, sloped] = [1, 3].map((slope) => JSON.stringify(planTraining(config(slope).model, encoding.signature)))
  expect(sloped).toBe(plain)
  expect(() => resolveConfig({ model: { form: "diagonal", answerSlope: 2 } })).toThrow(
    /model\.answerSlope: got 2, expected 1/,
  )
  expect(() => resolveConfig({ model: { form: "original", answerSlope: 0 } })).toThrow(/model\.answerSlope: got 0/)
})
