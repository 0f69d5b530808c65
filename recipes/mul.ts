// Binary multiplication from examples of at most 20 bits. Against addition: more maps, weaker dropout, and more steps than the question has
// symbols, because one product in a hundred is not finished by then (docs/log.md, 2026-11-24).

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
    // noise makes batches frequent whose gradient is ten and a hundred times as long as others', and each undoes much (docs/log.md)
    clip: 1,
    settle: {
      ...risingNoise.settle,
      noise: { ...risingNoise.settle.noise, most: 1 },
      later: [{ after: 2200, average: 0.9995 }],
    },
    // what good runs have right of a batch never fell below 82 %; what was lost was below 60 % within 40 steps (docs/log.md)
    recovery: { below: 0.6 },
    goal: { samples: 256, every: 100 },
  },
}
