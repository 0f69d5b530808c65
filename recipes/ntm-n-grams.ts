// A Neural Turing Machine predicts the bits of random 6-grams [NTM §4.4]; `eval` also shows the cost of the
// best predictor. There is no goal: the run ends after its steps. The model needs a slot for each of the 32
// contexts from the first step on (docs/log.md).

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-n-grams",
  about: "Neural Turing Machine, the next bit of random 6-grams, compared with the best possible predictor",
  config: {
    task: { name: "n-grams" },
    // slots must differ, because content addressing cannot choose between equal ones
    model: { name: "ntm", memory: "learned" },
    // three times the learning rate of the other tasks, with a plateau schedule; a smaller norm, as in
    // recipes/ntm-recall.ts
    learningRate: 0.003,
    phases: [{ schedule: { name: "plateau", every: 500 }, clip: { norm: 1 } }],
    steps: 10_000,
  },
}
