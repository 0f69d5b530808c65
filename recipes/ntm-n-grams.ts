// The Neural Turing Machine predicts the bits of random 6-grams [NTM, §4.4]; eval tells what the best predictor would pay. There is no goal to meet: it
// ends with its steps.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-n-grams",
  about: "Neural Turing Machine, the next bit of random 6-grams, beside the best predictor there can be",
  config: {
    task: { name: "n-grams" },
    model: { name: "ntm" },
    steps: 10_000,
  },
}
