// Sorting of six symbols, learned from at most 41 of them. Against copying and the like: twice the maps,
// weaker dropout, a few steps more than the question has symbols, and the noise of multiplication.

import { firstPhase, noisyPhase, type Recipe, upTo41 } from "./recipe.ts"

export const recipe: Recipe = {
  name: "sort",
  about: "sorting of six symbols, learned from at most 41",
  config: {
    task: { name: "sort" },
    // 24 maps learn 87 % of the symbols and no more
    model: { name: "neural-gpu", maps: 48, extraSteps: 8 },
    sizes: upTo41,
    learned: { exact: 0.95 },
    phases: [firstPhase, noisyPhase],
    goal: { size: 410 },
  },
}
