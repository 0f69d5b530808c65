// Addition with the original form [KS16]: 4 columns, 24 maps, 2 layers, six copies of the parameters, learnt from at most 20 bits. What differs from the
// paper's training has its reason in docs/log.md, "the original form's addition: hurry".

import { fasterOriginal, original, originalSettle, pulledTogether } from "./original.ts"
import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "original-add",
  about: "binary addition with the original form, learnt from at most 20 bits",
  config: {
    ...fasterOriginal,
    task: { name: "add" },
    // with as many steps as symbols the operands meet in the last ones only, and long carries come too late
    model: { ...fasterOriginal.model, leastSteps: 0.6 },
    // long questions when short ones are right: half of the time; and small sizes stay learnt with the code's mixing
    batch: {
      ...original.batch,
      groups: [
        [1, 5],
        [6, 10],
        [11, 20],
      ],
      structured: 0.25,
    },
    curriculum: { ...fasterOriginal.curriculum, mixing: "code" },
    relaxation: pulledTogether,
    // one set of parameters at 0.003 forgets now and then
    rate: { start: 0.003, rule: "code", factor: 0.95, every: 100, floor: 0.3 },
    fit: { exact: 0.9 },
    settle: { ...originalSettle, noise: { ...originalSettle.noise, most: 1 }, floor: 0.3 },
    average: 0.998,
    goal: { size: 200, samples: 64, every: 200, times: 2 },
  },
}
