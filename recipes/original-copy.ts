// Copying with the original form and the paper's techniques [KS16]: 4 columns, 24 maps, 2 layers, six copies
// of the parameters, trained on at most 20 symbols.

import { fasterOriginal } from "./original.ts"
import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "original-copy",
  about: "copying with the original form, learned from at most 20 symbols",
  config: {
    ...fasterOriginal,
    task: { name: "copy" },
    goal: { size: 200, samples: 32, every: 100 },
  },
}
