// The sequence from back to front: every symbol travels, and the ends travel the whole length.

import { sequence } from "./sequence.ts"

export const reverse = sequence({
  name: "reverse",
  summary: "the sequence from back to front",
  base: 2,
  sizes: "symbols",
  compute(sequence, target) {
    const last = sequence.length - 1
    for (let i = 0; i <= last; i++) target[i] = sequence[last - i]
  },
  exact: (sequence) => sequence.toReversed(),
})
