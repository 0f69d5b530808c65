// A Neural Turing Machine learns to repeat up to 10 vectors up to 10 times [NTM §4.2], with the LSTM
// controller of NTM table 2.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-repeat-copy",
  about: "Neural Turing Machine, 1 to 10 vectors repeated 1 to 10 times, to under 1 bit a sequence",
  config: {
    task: { name: "repeat-copy" },
    model: { name: "ntm" },
    // in groups: with all sizes at once it does not learn (docs/log.md)
    sizes: [
      [1, 1],
      [2, 3],
      [4, 6],
      [7, 10],
    ],
    curriculum: { threshold: 0.97 },
    goal: { bits: 1, samples: 256 },
  },
}
