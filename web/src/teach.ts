// A net that learns to reverse within seconds, and its twin without dropout: what a visitor teaches first, and
// the lesson about dropout.

import { resolveConfig, type TrainConfig } from "../../src/training/config.ts"

/** Sizes 1 to 8, a single phase, one seed; the two runs differ only in dropout. */
const config = (dropout: number) =>
  resolveConfig({
    task: { name: "reverse" },
    model: { maps: 12 },
    steps: 600,
    seed: 2,
    sizes: [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ],
    goal: { size: 40 },
    phases: [{ dropout: { rate: dropout }, restart: { enabled: false } }],
  })

export const twins: readonly { readonly name: string; readonly config: TrainConfig }[] = [
  { name: "with dropout", config: config(0.25) },
  { name: "without", config: config(0) },
]
