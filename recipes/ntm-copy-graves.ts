// ntm-copy, trained as in the paper [NTM §4]: RMSProp [Graves 2013] with momentum 0.9, learning rate 1e-4,
// elements of the gradient clipped to ±10.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-copy-graves",
  about: "Neural Turing Machine, copy as in ntm-copy, with the paper's optimizer and clipping",
  config: {
    task: { name: "copy-vectors" },
    model: { name: "ntm" },
    optimizer: { name: "rmsprop" },
    learningRate: 1e-4,
    phases: [{ until: "learned", clip: { norm: null, elements: 10 } }, { ema: { decay: 0.99 } }],
  },
}
