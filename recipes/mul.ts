// Binary multiplication from examples of at most 20 bits.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "mul",
  about: "binary multiplication, learnt from at most 20 bits",
  config: {
    task: { name: "mul", base: 2 },
    model: { maps: 48 },
    keep: 0.9,
    settle: { keep: 0.9 },
    restart: { enabled: false },
  },
}
