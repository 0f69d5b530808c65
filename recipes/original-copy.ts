// Copying with the original form and the paper's techniques [KS16]: 4 columns, 24 maps, 2 layers, six copies of the parameters, learnt from at most 20 symbols.
// Faster than the paper's constants in three places, chosen on one seed: a look every 20 steps, a rate of 0.003, initial scale 1 (docs/log.md).

import { original } from "./original.ts"
import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "original-copy",
  about: "copying with the original form, learnt from at most 20 symbols",
  config: {
    ...original,
    task: { name: "copy" },
    model: { ...original.model, initScale: 1 },
    curriculum: { ...original.curriculum, every: 20 },
    rate: { ...original.rate, start: 0.003 },
    goal: { size: 200, samples: 32, every: 100 },
  },
}
