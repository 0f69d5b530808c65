// A Neural Turing Machine learns to copy up to 20 vectors of 8 bits [NTM §4.1], until a sequence of 20 costs
// less than 0.01 bits.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-copy",
  about: "Neural Turing Machine, copy of 1 to 20 vectors, to under 0.01 bits a sequence",
  // 64 right examples are not enough: one sequence in thousands may still be wrong (docs/reproducing.md)
  config: { task: { name: "copy-vectors" }, model: { name: "ntm" }, goal: { samples: 256 } },
}
