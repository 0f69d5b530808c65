// Every constant and default with a source in a paper or in published code, as a literal. A change of one
// changes what the documentation says about the papers, so it has to be made here too. The keys are in
// docs/glossary.md.

import { describe, expect, it } from "vitest"
import { recipe as graves } from "../../recipes/ntm-copy-graves.ts"
import { original, originalPhase } from "../../recipes/original.ts"
import { random } from "../../src/core/rng.ts"
import { GATE_BIAS } from "../../src/layers/cgru.ts"
import { RESET_BIAS, SATURATION_LIMIT, UPDATE_BIAS } from "../../src/layers/dcgru.ts"
import { DROPOUT_LENGTH } from "../../src/layers/dropout.ts"
import { modelFamily } from "../../src/models/index.ts"
import { type NeuralGpuOptions, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { type Fields, isField, isVariants } from "../../src/schema/index.ts"
import { createTask } from "../../src/tasks/index.ts"
import { configFields, defaultsFor, resolveConfig } from "../../src/training/config.ts"
import { ANY_SHARE, LARGER_SHARE, MIXED_SHARE } from "../../src/training/curriculum.ts"
import { planTraining } from "../../src/training/model.ts"
import { phaseFields } from "../../src/training/phases.ts"
import { schedules } from "../../src/training/schedules/index.ts"
import { deviationOf, NOISE_DECAY, NOISE_FREE_ERROR } from "../../src/training/techniques/gradient-noise.ts"
import { saturation } from "../../src/training/techniques/saturation.ts"
import { startRateOf } from "../../src/training/update.ts"

/** Defaults of fields by source. A field of several variants is named with its variant. */
const fields: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  KS16: {
    "task.output": "padded", // the paper's is "stripped"
    "model.neural-gpu.maps": 24,
    "model.neural-gpu.cutoff": 1.2,
    "model.neural-gpu.stepsPerPlace": 1,
    "model.neural-gpu.copies": 1,
    "model.lstm-attention.units": 64,
    "model.lstm-attention.layers": 3,
    "curriculum.form": "groups", // the paper's is "sizes"
    "curriculum.threshold": 0.9,
    "curriculum.measure": "symbol", // the paper's is "exact"
    "curriculum.mixing": "paper",
    "optimizer.adam.epsilon": 1e-4,
    "clip.norm": null, // the paper's is 1
    "gradientNoise.scale": 0, // the paper prints none
  },
  "Loshchilov & Hutter 2019": { "weightDecay.rate": 0 }, // PyTorch's AdamW has 0.01
  "neural_gpu code": {
    "curriculum.every": 200,
    "relaxation.pull": 0.0005,
    "relaxation.factor": 1.2,
    "relaxation.end": 0.1,
    "dropout.length": null, // the code's is 8
  },
  DNGPU: {
    "model.neural-gpu.form": "diagonal",
    "model.neural-gpu.width": 1,
    "model.neural-gpu.layers": 1,
    sizes: [
      [1, 3],
      [4, 5],
      [6, 8],
      [9, 12],
      [13, 16],
      [17, 20],
    ],
    learningRate: null, // 0.01 · 48 / maps
    "schedule.plateau.factor": 0.7,
    "schedule.plateau.every": 200,
    "dropout.rate": 0, // 0.25 for addition
    "saturation.weight": 0, // 1e-3
    "saturation.limit": 0.9,
  },
  NTM: {
    "model.ntm.controller": "lstm",
    "model.ntm.units": 100,
    "model.ntm.slots": 128,
    "model.ntm.width": 20,
    "model.ntm.reads": 1,
    "model.ntm.writes": 1,
    "model.ntm.shift": 1,
    "goal.bits": null, // near zero
    "clip.elements": null, // 10
  },
  "Collier & Beel 2018": { "model.ntm.memory": "constant", "model.ntm.clip": 20 },
  "Graves 2013": {
    "optimizer.rmsprop.decay": 0.95,
    "optimizer.rmsprop.momentum": 0.9,
    "optimizer.rmsprop.epsilon": 1e-4,
  },
  "Kingma & Ba 2015": { "optimizer.adam.beta1": 0.9, "optimizer.adam.beta2": 0.999 },
  "Stack-RNN": {
    "model.stack-rnn.units": 100,
    "model.stack-rnn.stacks": 10,
    "model.stack-rnn.depth": 2,
    "model.stack-rnn.recurrent": false,
    "model.stack-rnn.rounding": false,
  },
  "Riad et al. 2022": {
    "model.residual.pooling": "diffstride",
    "model.residual.shared": false,
    "model.residual.costWeight": 0,
  },
}

/** Fields with a source that is not this project. */
function sourced(
  of: Fields,
  prefix = "",
): { readonly path: string; readonly source: string; readonly value: unknown }[] {
  return Object.entries(of).flatMap(([name, part]) => {
    const path = `${prefix}${name}`
    if (isVariants(part)) return Object.entries(part.of).flatMap(([one, own]) => sourced(own, `${path}.${one}.`))
    if (!isField(part)) return sourced(part, `${path}.`)
    return ["", "ours"].includes(part.source) ? [] : [{ path, source: part.source, value: part.default }]
  })
}
const known = [...sourced(configFields), ...sourced(phaseFields)]

describe.each(Object.entries(fields))("defaults that cite %s", (key, values) => {
  it.each(Object.entries(values))("%s", (path, value) => {
    const field = known.find((one) => one.path === path)
    expect(field?.value).toEqual(value)
    expect(field?.source).toContain(key)
  })
})

it("every default with a source is listed here", () => {
  const listed = Object.values(fields).flatMap((values) => Object.keys(values))
  expect(known.map(({ path }) => path).sort()).toEqual([...listed].sort())
})

const biasesOf = (options: NeuralGpuOptions): Record<string, number> => {
  const symbols = createTask("add").symbols.length
  const { shared } = planTraining({ name: "neural-gpu", ...options, maps: 4 }, { kind: "symbols", symbols })
  const biases = shared.filter(({ name }) => /gru0\/.*bias$/u.test(name))
  return Object.fromEntries(biases.map(({ name, init }) => [name, "constant" in init ? init.constant : Number.NaN]))
}

describe("constants", () => {
  it("[KS16]: the curriculum's mixing, w = 4, m = 24, l = 2", () => {
    expect(MIXED_SHARE).toBe(0.2)
    expect(neuralGpuForms.original).toMatchObject({ form: "original", maps: 24, width: 4, layers: 2, cutoff: 1.2 })
  })

  it("[neural_gpu code]: biases of the gates, the mixing rule, gradient noise, dropout's length", () => {
    expect(GATE_BIAS).toBe(1)
    expect(biasesOf(neuralGpuForms.original)).toEqual({
      "cgru0/update/bias": 1,
      "cgru0/reset/bias": 1,
      "cgru0/candidate/bias": 0,
    })
    expect([LARGER_SHARE, ANY_SHARE]).toEqual([0.6, 0.25])
    expect([NOISE_DECAY, NOISE_FREE_ERROR]).toEqual([0.55, 0.02])
    expect(deviationOf(2, 1000, 0.52)).toBeCloseTo(2 * Math.sqrt(0.5 * 1000 ** -0.55), 12)
    expect(DROPOUT_LENGTH).toBe(8)
  })

  it("[DNGPU]: biases of the gates, the saturation limit and how its weight adapts, the plateau, the rate", async () => {
    expect([RESET_BIAS, UPDATE_BIAS, SATURATION_LIMIT]).toEqual([0.5, 0.7, 0.9])
    expect(biasesOf(neuralGpuForms.diagonal)).toEqual({
      "dcgru0/update/bias": 0.7,
      "dcgru0/reset/bias": 0.5,
      "dcgru0/candidate/bias": 0,
    })
    expect(neuralGpuForms.diagonal).toMatchObject({ form: "diagonal", maps: 48, width: 1, layers: 1 })
    for (const [maps, rate] of [
      [24, 0.02],
      [48, 0.01],
      [96, 0.005],
    ])
      expect(startRateOf(resolveConfig({ model: { maps } }))).toBeCloseTo(rate, 12)
    const [first] = defaultsFor().phases
    expect(first.dropout.rate).toBe(0.25)
    expect(first.saturation).toEqual({ weight: 1e-3, limit: 0.9 })
    expect(first.schedule).toEqual({ name: "plateau", factor: 0.7, every: 200 })
    expect(await saturationWeights(401)).toEqual([200, 400])
  })

  it("[DNGPU]: the plateau compares with two windows, and falls to a sixtieth", () => {
    expect(ratesAfter([1, 1, 2])).toEqual([1, 1, 0.5]) // worse than both before it
    expect(ratesAfter([3, 1, 2])).toEqual([1, 1, 1]) // worse than one of two
    expect(ratesAfter([2, 1, 1, 1.5])).toEqual([1, 1, 1, 0.5]) // a third before them does not count
    expect(ratesAfter([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).at(-1)).toBeCloseTo(1 / 60, 12)
  })

  it("[Kingma & Ba 2015], [KS16 §3], [Collier & Beel 2018]: how the other models are trained", () => {
    for (const name of ["rnn", "gru", "lstm", "stack-rnn", "lstm-attention"]) {
      const { optimizer, phases } = defaultsFor(name)
      expect(optimizer, name).toEqual({ name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
      expect(phases[0].clip.norm, name).toBe(1)
    }
    expect(modelFamily("ntm").learningRate(defaultsFor("ntm").model)).toBe(0.001)
  })

  it("[NTM §4]: recipe ntm-copy-graves", () => {
    const { optimizer, learningRate, phases } = resolveConfig(graves.config)
    expect(optimizer).toEqual({ name: "rmsprop", decay: 0.95, momentum: 0.9, epsilon: 1e-4 })
    expect(learningRate).toBe(1e-4)
    expect(phases[0].clip).toEqual({ norm: null, elements: 10 })
  })

  it("[KS16], [neural_gpu code]: the original form's recipe", () => {
    const config = resolveConfig(original)
    const { model, curriculum, optimizer } = config
    expect(model).toMatchObject({ form: "original", maps: 24, width: 4, layers: 2, cutoff: 1.2, copies: 6 })
    expect(model).toMatchObject({ initScale: 1.8 })
    expect(curriculum).toEqual({ form: "sizes", threshold: 0.9, measure: "exact", every: 200, mixing: "paper" })
    expect(optimizer).toEqual({ name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-4 })
    expect([config.learningRate, config.batchSize, config.sizes]).toEqual([0.001, 32, [[1, 20]]])
    expect(originalPhase).toEqual({
      until: "learned",
      schedule: { name: "plateau", factor: 0.98 },
      clip: { norm: 1 },
      dropout: { rate: 0.09, length: 8 },
      gradientNoise: { scale: 0.003 },
      relaxation: { pull: 0.0005, factor: 1.34, end: 0.1 },
      saturation: { weight: 0 },
      restart: { enabled: false },
    })
  })
})

/** The steps after which the weight of the saturation cost has changed. */
async function saturationWeights(steps: number): Promise<number[]> {
  const state = saturation.begin()
  const noise = random(1)
  const at: number[] = []
  for (let step = 1; step <= steps; step++) {
    const before = state.weight
    const done = { error: 0.1 + noise.uniform(), cost: 1000 } as Parameters<typeof saturation.afterStep>[1]
    const run = { state: { step, begin: 0, rate: 0.01 } } as Parameters<typeof saturation.afterStep>[0]["run"]
    await saturation.afterStep({ options: { weight: 1e-3, limit: 0.9 }, state, run }, done)
    if (state.weight !== before) at.push(step)
  }
  return at
}

/** The learning rate after each of these windows of one step. */
function ratesAfter(errors: readonly number[]): number[] {
  const state = schedules.plateau.begin()
  let rate = 1
  return errors.map((error, i) => {
    const view = { start: 1, rate, steps: i + 1, attemptSteps: i + 1, error, joined: true }
    rate = schedules.plateau.next({ factor: 0.5, every: 1 }, state, view)
    return rate
  })
}
