// Counting by sorting bits, learned from at most 41 symbols.

import { type Recipe, upTo41 } from "./recipe.ts"

export const recipe: Recipe = {
  name: "count",
  about: "counting by sorting bits, learned from at most 41 symbols",
  config: {
    task: { name: "count" },
    sizes: upTo41,
    // exact at ten times the longest trained size three times in a row, then also at 1000 symbols
    goal: { size: 410, confirm: { size: 1000, samples: 16 } },
  },
}
