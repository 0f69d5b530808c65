// The Neural Turing Machine learns associative recall of 2 to 6 items of three vectors of 6 bits [NTM, §4.3].
// Its feed-forward controller of 256 units with four heads [NTM, table 1] learns it in a tenth of the steps
// of the LSTM controller with one head (docs/log.md).

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-recall",
  about: "Neural Turing Machine, associative recall of 2 to 6 items, to under 0.1 bits an answer of 18",
  config: {
    task: { name: "associative-recall" },
    model: { name: "ntm", controller: "feed-forward", units: 256, reads: 4, writes: 4 },
    // 10, which copying bears, lets it unlearn everything now and then: norms are below 1 once it has learned,
    // and 5 to 95 for single steps
    phases: [{ until: "learned", clip: { norm: 1 } }, { ema: { decay: 0.99 } }],
    goal: { bits: 0.1, samples: 256 },
  },
}
