// Duplicating sequences of bits, learned from questions of at most 20 symbols, answers of at most 40.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "duplicate",
  about: "duplicating, learned from at most 20 symbols",
  config: {
    task: { name: "duplicate" },
    // generalizes: three times in a row exact at ten times the longest question trained, then also at 1000
    // symbols
    goal: { confirm: { size: 1000, samples: 16 } },
  },
}
