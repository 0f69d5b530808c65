// A Neural Turing Machine learns associative recall of 2 to 6 items, each of three vectors of 6 bits
// [NTM §4.3]. The feed-forward controller of 256 units with four heads [NTM table 1] learns it in far fewer
// steps than the LSTM controller with one head (docs/log.md).

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-recall",
  about: "Neural Turing Machine, associative recall of 2 to 6 items, to under 0.1 bits an answer of 18",
  config: {
    task: { name: "associative-recall" },
    model: { name: "ntm", controller: "feed-forward", units: 256, reads: 4, writes: 4 },
    // with 10, as for copying, it sometimes forgets: gradient norms are below 1 once it has learned, but up
    // to 95 for single steps
    phases: [{ until: "learned", clip: { norm: 1 } }, { ema: { decay: 0.99 } }],
    goal: { bits: 0.1, samples: 256 },
  },
}
