// Sorting of six symbols, learnt from at most 41 of them. Against copying and the like: twice the maps, weaker dropout, a few steps more than the question
// has symbols, and the noise of multiplication (docs/log.md).

import { type Recipe, upTo41 } from "./recipe.ts"

export const recipe: Recipe = {
  name: "sort",
  about: "sorting of six symbols, learnt from at most 41",
  config: {
    task: { name: "sort" },
    // 24 maps learn 87 % of the symbols and no more
    model: { maps: 48, extraSteps: 8 },
    // 0.01 · 48 / maps [DNGPU code]
    rate: { start: 0.01 },
    batch: { groups: upTo41 },
    keep: 0.9,
    fit: { exact: 0.95 },
    settle: { keep: 1, structured: 0.3, noise: { start: 0, most: 0.7, step: 0.001, exact: 0.85 } },
    replay: { share: 0.25 },
    average: 0.999,
    goal: { size: 410 },
    restart: { enabled: false },
  },
}
