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
    // noise as strong as addition bears it froze a tenth of the answers wrong; a little, with weaker dropout, does not (docs/log.md)
    settle: { keep: 0.95, structured: 0.5, decay: 0.999, noise: { start: 0.05, most: 0.05, step: 0, exact: 1 } },
    goal: { every: 100 },
    restart: { enabled: false },
  },
}
