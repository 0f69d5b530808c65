// Sorting of six symbols, learnt from at most 41 of them. Against copying and the like: twice the maps, weaker dropout, a few steps more than the question
// has symbols, and the noise of multiplication.

import { type Recipe, risingNoise, upTo41 } from "./recipe.ts"

export const recipe: Recipe = {
  name: "sort",
  about: "sorting of six symbols, learnt from at most 41",
  config: {
    ...risingNoise,
    task: { name: "sort" },
    // 24 maps learn 87 % of the symbols and no more
    model: { maps: 48, extraSteps: 8 },
    // 0.01 · 48 / maps [DNGPU code]
    rate: { start: 0.01 },
    batch: { groups: upTo41 },
    goal: { size: 410 },
  },
}
