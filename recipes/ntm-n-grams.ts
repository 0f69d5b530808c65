// The Neural Turing Machine predicts the bits of random 6-grams [NTM, §4.4]; eval tells what the best
// predictor would pay. There is no goal to meet: it ends with its steps. What it needs is a place for each of
// the 32 contexts from the first step on (docs/log.md).

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-n-grams",
  about: "Neural Turing Machine, the next bit of random 6-grams, beside the best predictor there can be",
  config: {
    task: { name: "n-grams" },
    // slots that differ: of equal ones, content addressing cannot choose one
    model: { name: "ntm", memory: "learned" },
    // three times the rate of the other tasks, falling where the error stands still; a smaller norm, as in
    // recipes/ntm-recall.ts
    learningRate: 0.003,
    phases: [{ schedule: { name: "plateau", every: 500 }, clip: { norm: 1 } }],
    steps: 10_000,
  },
}
