// The same as ntm-copy, trained as the paper did [NTM, §4]: RMSProp of Graves 2013 with momentum 0.9, rate 1e-4, elements of the gradient within ±10.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-copy-graves",
  about: "the same with the paper's optimiser and clipping",
  config: {
    task: { name: "copy-vectors" },
    model: { name: "ntm" },
    optimizer: { name: "rmsprop" },
    rate: { start: 1e-4, every: 1_000_000_000 },
    clip: null,
    clipElements: 10,
  },
}
