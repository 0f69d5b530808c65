// Addition with the original form: how few steps must be enough in training? For docs/reproducing.md.

import type { Space } from "../../src/sweep/space.ts"
import { recipe } from "../original-add.ts"

export const originalAdd: Space = {
  name: "original-add",
  about: "Addition with the original form, when training gives all the steps of the paper and when it gives fewer.",
  config: { ...recipe.config, steps: 17_000 },
  axes: [{ name: "least steps", fields: ["model.leastSteps"], values: [0.6, 0.75, 1] }],
  seeds: 2,
}
