// Default training settings of each model.

import { type ModelName, trainsAs } from "../models/index.ts"
import type { PartialConfig } from "./config-fields.ts"
import type { PartialPhase } from "./phases.ts"

/** Neural GPU: strong dropout until the trained sizes are learned; then noise, hard examples and an EMA. */
export const neuralGpuPhases = [
  {
    until: "learned",
    schedule: { name: "plateau" },
    dropout: { rate: 0.25 },
    saturation: { weight: 1e-3 },
    restart: { enabled: true },
  },
  {
    schedule: { name: "constant" },
    noise: { start: 0.2, max: 0.5, step: 0.003, exact: 0.75 },
    hardExamples: { share: 0.3 },
    saturation: { limit: 1.5 },
    ema: { decay: 0.995 },
  },
] as const satisfies readonly PartialPhase[]
const neuralGpu: PartialConfig = { phases: neuralGpuPhases }

/** Recurrent models are baselines: Adam, gradient clipping [KS16 §3], no dropout, no restarts. */
const first: PartialPhase = { until: "learned", schedule: { name: "plateau" }, clip: { norm: 1 } }
const baseline: PartialConfig = {
  optimizer: { name: "adam", epsilon: 1e-8 }, // [Kingma & Ba 2015]
  phases: [first, { schedule: { name: "constant" } }],
}

/**
 * Stabilized settings [Collier & Beel 2018 code: Adam, 1e-3, norm clipped at 50], with a smaller norm. An EMA
 * starts once the trained sizes are learned. The paper's own settings are in recipes/ntm-copy-graves.ts.
 */
const ntm: PartialConfig = {
  ...baseline,
  learned: { every: 100 },
  goal: { every: 100, times: 1 },
  phases: [{ until: "learned", clip: { norm: 10 } }, { ema: { decay: 0.99 } }],
}

export const modelDefaults: Readonly<Record<ModelName, PartialConfig>> = {
  "neural-gpu": neuralGpu,
  rnn: baseline,
  gru: baseline,
  lstm: baseline,
  "stack-rnn": baseline,
  "lstm-attention": baseline,
  ntm,
  // images have no sizes to learn in order
  residual: { ...baseline, batchSize: 32, learned: { every: 1_000_000 } },
}

/** The same for any model; one of one's own trains as one of these. */
export const defaultsOfModel = (name: string): PartialConfig => modelDefaults[trainsAs(name)]
