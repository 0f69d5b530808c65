// The Neural Turing Machine sorts 20 vectors by priority and answers the 16 highest [NTM, §4.5]: feed-forward controller, eight heads [NTM, table 1].

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-priority-sort",
  about: "Neural Turing Machine, 20 vectors by priority, the highest 16",
  config: {
    task: { name: "priority-sort" },
    model: { name: "ntm", controller: "feed-forward", units: 512, reads: 8, writes: 8 },
    steps: 10_000,
  },
}
