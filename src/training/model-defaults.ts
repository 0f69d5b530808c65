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

/** [NTM, §4]: RMSProp of Graves 2013 with momentum 0.9, elements of the gradient within ±10. */
const ntm: PartialConfig = {
  ...sequence,
  optimizer: { name: "rmsprop" },
  rate: { start: 1e-4 },
  clip: null,
  clipElements: 10,
}

export const modelDefaults: Readonly<Record<string, PartialConfig>> = {
  rnn: sequence,
  gru: sequence,
  lstm: sequence,
  ntm,
}
