// Reverses the sequence: symbols at the ends move over the whole length.

import { sequence } from "./sequence.ts"

export const reverse = sequence({
  name: "reverse",
  summary: "the sequence in reverse order",
  base: 2,
  sizes: "symbols",
  compute(sequence, target) {
    const last = sequence.length - 1
    for (let i = 0; i <= last; i++) target[i] = sequence[last - i]
  },
  exact: (sequence) => sequence.toReversed(),
})
