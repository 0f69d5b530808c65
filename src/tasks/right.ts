// The last symbol only, at the first place: it moves over the whole length [neural_gpu code].

import { sequence } from "./sequence.ts"

export const right = sequence({
  name: "right",
  summary: "the last symbol only",
  base: 2,
  sizes: "symbols",
  compute(sequence, target) {
    target[0] = sequence[sequence.length - 1]
  },
  exact: (sequence) => sequence.slice(-1),
})
