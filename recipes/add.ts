// Binary addition from examples of at most 20 bits, exact on numbers a hundred times longer.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "add",
  about: "binary addition, learnt from at most 20 bits",
  config: { task: { name: "add", base: 2 } },
}
