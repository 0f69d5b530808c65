// The original form, learnt from sizes up to 20: does it generalise, and how often? For copy, reverse and add (docs/reproducing.md).

import type { Space } from "../../src/sweep/space.ts"
import { fasterOriginal, originalSettle, pulledTogether } from "../original.ts"

export const originalForm: Space = {
  name: "original",
  about:
    "The original form with all of the paper's techniques, with a constant and with a falling learning rate once it has learnt.",
  config: {
    ...fasterOriginal,
    relaxation: pulledTogether,
    fit: { exact: 0.95 },
    settle: originalSettle,
    average: 0.999,
    goal: { size: 200, samples: 32, every: 50 },
    steps: 6000,
  },
  axes: [{ name: "rate decay", fields: ["settle.decay"], values: [1, 0.995] }],
  seeds: 2,
}
