// The sequence itself: the simplest use of a memory.

import { sequence } from "./sequence.ts"

export const copy = sequence({
  name: "copy",
  summary: "the same sequence",
  base: 2,
  sizes: "symbols",
  compute: (sequence, target) => target.set(sequence),
  exact: (sequence) => sequence.slice(),
})
