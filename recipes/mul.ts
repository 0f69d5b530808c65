// Binary multiplication from examples of at most 20 bits. Against addition: more maps, weaker dropout, more steps than the question has symbols, because
// one product in a hundred is not finished by then, and a search for what is wrong without noise (docs/log.md).

import { type Recipe, risingNoise } from "./recipe.ts"

export const recipe: Recipe = {
  name: "mul",
  about: "binary multiplication, learnt from at most 20 bits",
  config: {
    ...risingNoise,
    task: { name: "mul", base: 2 },
    // 64 maps: 48 fit as fast, and lose at size 200 what they had
    model: { maps: 64, extraSteps: 8 },
    // 0.01 · 48 / maps [DNGPU code]
    rate: { start: 0.0075 },
    settle: { ...risingNoise.settle, noise: { ...risingNoise.settle.noise, most: 1 } },
    replay: { ...risingNoise.replay, search: 128 },
    // many examples at once rather than several times in a row: how often it is right at 200 digits moves between 97 and 100 % with the weights
    goal: { samples: 1024, times: 1, every: 50 },
  },
}
