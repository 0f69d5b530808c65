// Ablation of the paper's techniques: all of them on, then each one off [KS16 §3].

import type { Space } from "../../src/sweep/space.ts"
import { fasterOriginal, pulledTogether } from "../original.ts"

export const ablation: Space = {
  name: "ablation",
  about: "The original form with all techniques of the paper, and without each one of them.",
  config: {
    ...fasterOriginal,
    // sizes up to 10 cost a quarter of sizes up to 20, so that a small budget is enough
    sizes: [[1, 10]],
    phases: [pulledTogether, { schedule: { name: "constant" } }],
    steps: 1600,
  },
  axes: [
    {
      name: "variant",
      variants: {
        "all on": {},
        "no cutoff": { "model.cutoff": 1 },
        "no dropout": { "dropout.rate": 0 },
        "no gradient noise": { "gradientNoise.scale": 0 },
        "no relaxation": { "model.copies": 1 },
        // all sizes from the beginning
        "no curriculum": { "curriculum.form": "groups" },
        "no mixing": { "curriculum.mixing": "none" },
        "no clipping": { "clip.norm": null },
        "no rate decay": { "phases.0.schedule.factor": 1 },
      },
    },
  ],
  seeds: 3,
}
