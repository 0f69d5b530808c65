// Binary addition, trained on at most 20 bits and exact at a hundred times that size. Everything else has the
// defaults of src/training/config.ts, which docs/log.md explains.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "add",
  about: "binary addition, learned from at most 20 bits",
  config: {
    task: { name: "add", base: 2 },
    // exact at 200 bits three times in a row, then also at 1000
    goal: { confirm: { size: 1000, samples: 16 } },
  },
}
