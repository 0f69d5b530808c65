// Sorting of six symbols, trained on at most 41 of them. Compared with copying it has twice the maps, weaker
// dropout, a few steps more than the question has symbols, and the noise of multiplication.

import { firstPhase, noisyPhase, type Recipe, upTo41 } from "./recipe.ts"

export const recipe: Recipe = {
  name: "sort",
  about: "sorting of six symbols, learned from at most 41",
  config: {
    task: { name: "sort" },
    // with 24 maps it stops at 87 % of the symbols
    model: { name: "neural-gpu", maps: 48, extraSteps: 8 },
    sizes: upTo41,
    learned: { exact: 0.95 },
    phases: [firstPhase, noisyPhase],
    goal: { size: 410 },
  },
}
