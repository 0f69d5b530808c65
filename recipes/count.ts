// Counting by sorting bits, learnt from at most 41 symbols.

import { type Recipe, upTo41 } from "./recipe.ts"

export const recipe: Recipe = {
  name: "count",
  about: "counting by sorting bits, learnt from at most 41 symbols",
  config: {
    task: { name: "count" },
    batch: { groups: upTo41 },
    // generalises: three times in a row exact at ten times the longest sequence trained, then also at 1000 symbols
    goal: { size: 410, confirm: { size: 1000, samples: 16 } },
  },
}
