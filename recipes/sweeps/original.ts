// The original form, learnt from sizes up to 20: does it generalise, and how often? For copy, reverse and add (docs/reproducing.md).

import type { Space } from "../../src/sweep/space.ts"
import { original } from "../original.ts"

export const originalForm: Space = {
  name: "original",
  about: "The original form with all of the paper's techniques, with two strengths of gradient noise.",
  config: {
    ...original,
    // a carry through 20 places ends at the last of 41 steps: with a few steps more it is not a matter of one step (docs/log.md)
    model: { ...original.model, initScale: 1, extraSteps: 8 },
    batch: { ...original.batch, structured: 0.15 },
    // faster than the paper's constants, as in recipes/original-copy.ts
    curriculum: { ...original.curriculum, every: 20 },
    rate: { ...original.rate, start: 0.003 },
    // the paper's pull ends at 0.1: copies that far apart are not yet one, and their mean has forgotten (docs/log.md)
    relaxation: { ...original.relaxation, most: 10 },
    fit: { exact: 0.95 },
    // one set needs a smaller rate than six copies, whose errors differ
    settle: {
      keep: original.keep,
      noise: { start: 0, most: 0, step: 0, exact: 1 },
      structured: 0.4,
      limit: 1,
      decay: 0.995,
      floor: 0.2,
    },
    replay: { share: 0.25 },
    average: 0.999,
    goal: { size: 200, samples: 32, every: 50 },
    steps: 6000,
  },
  axes: [{ name: "gradient noise", fields: ["gradientNoise"], values: [0.003, 0.01] }],
  seeds: 2,
}
