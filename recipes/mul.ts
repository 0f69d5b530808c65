// Binary multiplication from examples of at most 20 bits. Against addition: more maps, weaker dropout, and more steps than the question has
// symbols, because one product in a hundred is not finished by then (docs/log.md, 2026-11-24).

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "mul",
  about: "binary multiplication, learnt from at most 20 bits",
  config: {
    task: { name: "mul", base: 2 },
    // 64 maps: 48 fit as fast, and lose at size 200 what they had
    model: { maps: 64, extraSteps: 8 },
    // 0.01 · 48 / maps [DNGPU code]
    rate: { start: 0.0075 },
    keep: 0.9,
    fit: { exact: 0.95 },
    // no dropout any more, but noise, from none to as much as the model bears; what is answered wrongly comes back
    settle: { keep: 1, structured: 0.3, noise: { start: 0, most: 0.7, step: 0.001, exact: 0.85 } },
    replay: { share: 0.25 },
    // the rate stays as it is and the average is long: a falling rate makes the trained sizes surer and the long ones worse (docs/log.md)
    average: 0.999,
    goal: { samples: 256, every: 100 },
    restart: { enabled: false },
  },
}
