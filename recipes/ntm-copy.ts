// The Neural Turing Machine learns to copy up to 20 vectors of 8 bits [NTM, §4.1], until a sequence of 20
// costs less than 0.01 bits.

import type { Recipe } from "./recipe.ts"

export const recipe: Recipe = {
  name: "ntm-copy",
  about: "Neural Turing Machine, copy of 1 to 20 vectors, to under 0.01 bits a sequence",
  // one sequence of thousands may still be wrong when 64 are right (docs/reproducing.md)
  config: { task: { name: "copy-vectors" }, model: { name: "ntm" }, goal: { samples: 256 } },
}
