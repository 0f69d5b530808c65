// Does the original form generalize from sizes up to 20, and how often? For copy, reverse and add.

import type { Space } from "../../src/sweep/space.ts"
import { fasterOriginal, originalNoisyPhase, pulledTogether } from "../original.ts"

export const originalForm: Space = {
  name: "original",
  about: "The original form with the paper's techniques; after learning, the learning rate stays constant or falls.",
  config: {
    ...fasterOriginal,
    learned: { exact: 0.95 },
    phases: [pulledTogether, { ...originalNoisyPhase, schedule: { name: "exponential", decay: 1, floor: 0.2 } }],
    goal: { size: 200, samples: 32, every: 50 },
    steps: 6000,
  },
  axes: [{ name: "rate decay", fields: ["phases.1.schedule.decay"], values: [1, 0.995] }],
  seeds: 2,
}
