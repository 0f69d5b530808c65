// How a family of models is trained unless told otherwise: what differs from the Neural GPU's defaults in config.ts.

import type { PartialConfig } from "./config.ts"

/** Recurrent sequence models: no dropout, no saturation cost, nothing to settle; they are baselines, so no second seed is tried for them. */
const sequence: PartialConfig = {
  optimizer: { name: "adam", epsilon: 1e-8 }, // [Kingma & Ba 2015]
  rate: { start: 0.003 },
  keep: 1,
  noise: 0,
  clip: 1, // [KS16, §3], which trained its LSTM baseline with the same tricks
  saturation: { weight: 0 },
  settle: null,
  average: 0,
  restart: { enabled: false },
}

/**
 * The stabilised settings [Collier & Beel 2018, code: Adam, 1e-3, norm clipped], a smaller norm; when the trained sizes are
 * learnt, weights are averaged. The paper's own are RMSProp with momentum, 1e-4, elements within ±10 [NTM, §4]: recipes/ntm-copy-graves.ts.
 */
const ntm: PartialConfig = {
  ...sequence,
  rate: { start: 0.001, every: 1_000_000_000 },
  clip: 10,
  fit: { every: 100 },
  settle: {
    keep: 1,
    noise: { start: 0, most: 0, step: 0, exact: 1 },
    structured: 0,
    limit: 1,
    decay: 1,
    floor: 1,
  },
  average: 0.99,
  goal: { every: 100, times: 1 },
}

export const modelDefaults: Readonly<Record<string, PartialConfig>> = {
  rnn: sequence,
  gru: sequence,
  lstm: sequence,
  "stack-rnn": sequence, // [Joulin & Mikolov 2015]: gradient descent, 0.1, halved where validation stands still, errors within ±15
  "lstm-attention": sequence, // [KS16, §3.1]: it got the same tricks as the Neural GPU; keep, gradientNoise and curriculum turn them on
  ntm,
  residual: { ...sequence, rate: { start: 0.01 }, fit: { every: 1_000_000 }, batch: { examples: 32 } },
}
