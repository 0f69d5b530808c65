// The same as ntm-copy, trained as the paper did [NTM, §4]: RMSProp of Graves 2013 with momentum 0.9, rate
// 1e-4, elements of the gradient within ±10.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-copy-graves",
  about: "the same with the paper's optimizer and clipping",
  config: {
    task: { name: "copy-vectors" },
    model: { name: "ntm" },
    optimizer: { name: "rmsprop" },
    learningRate: 1e-4,
    phases: [{ until: "learned", clip: { norm: null, elements: 10 } }, { ema: { decay: 0.99 } }],
  },
}
