// Binary addition from examples of at most 20 bits, exact on numbers a hundred times longer.
// All constants but these are the defaults of src/training/config.ts; what each is worth stands in
// docs/log.md.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "add",
  about: "binary addition, learned from at most 20 bits",
  config: {
    task: { name: "add", base: 2 },
    // generalizes: three times in a row exact at 200 bits, then also at 1000
    goal: { confirm: { size: 1000, samples: 16 } },
  },
}
