// Duplicating sequences of bits, trained on questions of at most 20 symbols, with answers of at most 40.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "duplicate",
  about: "duplicating, learned from at most 20 symbols",
  config: {
    task: { name: "duplicate" },
    // exact at ten times the longest trained question three times in a row, then also at 1000 symbols
    goal: { confirm: { size: 1000, samples: 16 } },
  },
}
