// The first steps of small runs that reach every feature quickly, and the digest that compares their bits.
// The configs are written in full, so that recipes may change independently.

import { createHash } from "node:crypto"
import type { Backend } from "../../src/backends/backend.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { PartialPhase } from "../../src/training/phases.ts"
import { train } from "../../src/training/trainer.ts"

/** The record of a run: a digest of each step's error and gradient norm, and some of the errors. */
export interface FirstSteps {
  readonly steps: number
  readonly digest: string
  readonly first: readonly number[]
  readonly last: number
}

export function summary(steps: readonly (readonly [error: number, gradientNorm: number])[]): FirstSteps {
  const errors = steps.map(([error]) => error)
  return {
    steps: steps.length,
    digest: createHash("sha256").update(Float64Array.from(steps.flat())).digest("hex"),
    first: errors.slice(0, 3),
    last: errors[errors.length - 1],
  }
}

/** Runs the first steps of a config. */
export async function firstSteps(given: PartialConfig, backend: Backend, steps: number): Promise<FirstSteps> {
  const seen: [number, number][] = []
  for await (const event of train(resolveConfig({ ...given, steps }), backend))
    if (event.type === "step") seen.push([event.error, event.gradientNorm])
  return summary(seen)
}

/** Small sizes, and everything sooner than is useful for learning. */
const hurried = {
  sizes: [
    [1, 3],
    [4, 5],
    [6, 8],
  ],
  batchSize: 16,
  curriculum: { threshold: 0.05, every: 3 },
  learned: { every: 5, exact: 0 },
  goal: { size: 12, samples: 16, every: 10, times: 99, confirm: null },
} as const satisfies PartialConfig

const mul = {
  ...hurried,
  task: { name: "mul", base: 2 },
  model: { name: "neural-gpu", maps: 12, extraSteps: 16 },
  learningRate: 0.005,
} as const satisfies PartialConfig
const mulLearning = {
  until: "learned",
  dropout: { rate: 0.1 },
  hardBuffer: { share: 0.5, perSize: 64 },
  restart: { enabled: false },
  l1: { step: 0.0001 },
} as const satisfies PartialPhase
const mulNoisy = {
  schedule: { name: "constant" },
  dropout: { rate: 0 },
  noise: { start: 0, max: 1, step: 0.002, exact: 0.85 },
  hardExamples: { share: 0.4 },
  saturation: { limit: 1.5 },
  ema: { decay: 0.999 },
} as const satisfies PartialPhase

const originalModel = { name: "neural-gpu", form: "original", maps: 6, width: 2, layers: 2, cutoff: 1.2 } as const
const original = {
  ...hurried,
  task: { name: "copy" },
  sizes: [[1, 6]],
  curriculum: { form: "sizes", threshold: 0, measure: "exact", every: 20, mixing: "paper" },
  optimizer: { name: "adam", epsilon: 1e-4 },
} as const satisfies PartialConfig
const originalLearning = {
  until: "learned",
  schedule: { name: "plateau", factor: 0.98 },
  clip: { norm: 1 },
  dropout: { rate: 0.09, length: 8 },
  relaxation: { pull: 0.0005, factor: 3, end: 0.1 },
  saturation: { weight: 0 },
  restart: { enabled: false },
} as const satisfies PartialPhase

const baseline = (clip: PartialPhase["clip"]): PartialPhase[] => [
  { until: "learned", schedule: { name: "plateau" }, clip },
  { schedule: { name: "constant" } },
]

/** Each run, and the number of steps to compare: enough to reach its last phase. */
export const firstRuns: Readonly<Record<string, { readonly steps: number; readonly config: PartialConfig }>> = {
  add: {
    steps: 450,
    config: { ...hurried, task: { name: "add", base: 2 }, model: { name: "neural-gpu", maps: 8 }, learningRate: 0.02 },
  },
  "mul in three phases": {
    steps: 240,
    config: {
      ...mul,
      phases: [
        { ...mulLearning, clip: { norm: 0.5 }, hardExamples: { share: 0.2 } },
        { ...mulNoisy, until: 200, hardBuffer: { search: 32 }, recovery: { below: 0.25 } },
        { noise: { start: 0, max: 1.2, step: 0.05, exact: 0.01 }, ema: { decay: 0.9 } },
      ],
    },
  },
  "mul, recovering": {
    steps: 60,
    config: {
      ...mul,
      phases: [
        { ...mulLearning, clip: { norm: 0.1 } },
        {
          ...mulNoisy,
          schedule: { name: "exponential", decay: 0.99, floor: 0.5 },
          noise: { start: 0.1, max: 1, step: 0.02, exact: 0.9 },
          hardBuffer: { search: 256 },
          recovery: { below: 0.6 },
        },
      ],
    },
  },
  "original, relaxed": {
    steps: 160,
    config: {
      ...original,
      model: { ...originalModel, copies: 3, initScale: 1.8 },
      learningRate: 0.001,
      phases: [{ ...originalLearning, gradientNoise: { scale: 0.1 } }, { schedule: { name: "constant" } }],
    },
  },
  "original, noisy": {
    steps: 160,
    config: {
      ...original,
      model: { ...originalModel, copies: 2 },
      learningRate: 0.003,
      phases: [
        { ...originalLearning, gradientNoise: { scale: 0.003 } },
        {
          schedule: { name: "exponential", decay: 1, floor: 0.2 },
          noise: { start: 0, max: 0.5, step: 0.001, exact: 0.85 },
          hardExamples: { share: 0.3 },
          ema: { decay: 0.998 },
        },
      ],
    },
  },
  "a restart": {
    steps: 2100,
    config: {
      ...hurried,
      task: { name: "add", base: 2 },
      model: { name: "neural-gpu", maps: 4 },
      learningRate: 0.02,
      sizes: [
        [1, 9],
        [10, 10],
      ],
      curriculum: { threshold: 1, every: 3 },
    },
  },
  "two tasks": {
    steps: 450,
    config: {
      ...hurried,
      task: { name: "copy,reverse" },
      model: { name: "neural-gpu", maps: 8 },
      learningRate: 0.02,
    },
  },
  ntm: {
    steps: 40,
    config: {
      task: { name: "copy-vectors" },
      model: { name: "ntm", slots: 8, width: 4, units: 16 },
      sizes: [[1, 4]],
      batchSize: 16,
      learned: { every: 5, exact: 0 },
      goal: { size: 6, samples: 8, every: 10, times: 99 },
      curriculum: { threshold: 0.3 },
    },
  },
  lstm: { steps: 450, config: { ...hurried, task: { name: "reverse" }, model: { name: "lstm", units: 16 } } },
  "stack-rnn, sgd": {
    steps: 450,
    config: {
      ...hurried,
      task: { name: "reverse" },
      model: { name: "stack-rnn" },
      optimizer: { name: "sgd" },
      learningRate: 0.05,
      phases: baseline({ norm: 1, elements: 15 }),
    },
  },
  "gru, rmsprop": {
    steps: 450,
    config: {
      ...hurried,
      task: { name: "copy" },
      model: { name: "gru", units: 16 },
      optimizer: { name: "rmsprop" },
      learningRate: 0.0001,
      phases: baseline({ norm: 1, elements: 0.01 }),
    },
  },
  shapes: { steps: 12, config: { task: { name: "shapes" }, model: { name: "residual" } } },
}
