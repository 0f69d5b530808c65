// A Neural Turing Machine sorts 20 vectors by priority and answers the 16 highest [NTM §4.5]. The paper's
// feed-forward controller has eight heads and 512 units [NTM table 1]; four heads and 256 units take a third
// of the time. There is no goal: the run ends after its steps.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-priority-sort",
  about: "Neural Turing Machine, 20 vectors by priority, the highest 16",
  config: {
    task: { name: "priority-sort" },
    model: { name: "ntm", controller: "feed-forward", units: 256, reads: 4, writes: 4 },
    phases: [{ clip: { norm: 1 } }],
    steps: 5000,
  },
}
