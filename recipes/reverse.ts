// Reversing sequences of bits, trained on at most 41 symbols. Every symbol has to cross the whole image.

import { type Recipe, upTo41 } from "./recipe.ts"

export const recipe: Recipe = {
  name: "reverse",
  about: "reversing, learned from at most 41 symbols",
  config: {
    task: { name: "reverse" },
    sizes: upTo41,
    // exact at ten times the longest trained size three times in a row, then also at 1000 symbols
    goal: { size: 410, confirm: { size: 1000, samples: 16 } },
  },
}
