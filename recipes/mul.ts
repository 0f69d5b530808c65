// Binary multiplication from examples of at most 20 bits. Weaker dropout and more maps than addition.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "mul",
  about: "binary multiplication, learnt from at most 20 bits",
  config: {
    task: { name: "mul", base: 2 },
    model: { maps: 48 },
    rate: { start: 0.01 },
    keep: 0.9,
    fit: { exact: 0.8 },
    settle: { keep: 0.9, noise: { start: 0.05, most: 0.5, step: 0.003, exact: 0.75 } },
    goal: { every: 100 },
    restart: { enabled: false },
  },
}
