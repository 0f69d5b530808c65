// What each of the paper's techniques is worth: all of them on, then each one off [KS16 §3].

import type { Space } from "../../src/sweep/space.ts"
import { fasterOriginal, pulledTogether } from "../original.ts"

export const ablation: Space = {
  name: "ablation",
  about: "The original form with every technique of the paper, and then without one of them at a time.",
  config: {
    ...fasterOriginal,
    // a small budget must show something: sizes up to 10 cost a quarter of sizes up to 20
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
        // every size from the beginning
        "no curriculum": { "curriculum.form": "groups" },
        "no mixing": { "curriculum.mixing": "none" },
        "no clipping": { "clip.norm": null },
        "no rate decay": { "phases.0.schedule.factor": 1 },
      },
    },
  ],
  seeds: 3,
}
