// The original form, learnt from sizes up to 20: does it generalise, and how often? For copy, reverse and add (docs/reproducing.md).

import type { Space } from "../../src/sweep/space.ts"
import { fasterOriginal, original } from "../original.ts"

export const originalForm: Space = {
  name: "original",
  about:
    "The original form with all of the paper's techniques, with a constant and with a falling learning rate once it has learnt.",
  config: {
    ...fasterOriginal,
    // the paper's pull ends at 0.1: copies that far apart are not yet one, and their mean has forgotten (docs/log.md)
    relaxation: { ...original.relaxation, most: 10 },
    fit: { exact: 0.95 },
    settle: {
      keep: original.keep,
      noise: { start: 0, most: 0.5, step: 0.001, exact: 0.85 },
      structured: 0.3,
      limit: 1,
      decay: 1,
      floor: 0.2,
    },
    average: 0.999,
    goal: { size: 200, samples: 32, every: 50 },
    steps: 6000,
  },
  axes: [{ name: "rate decay", fields: ["settle.decay"], values: [1, 0.995] }],
  seeds: 2,
}
