// The first symbol only: nothing must move, and all else must be forgotten [neural_gpu code].

import { sequence } from "./sequence.ts"

export const left = sequence({
  name: "left",
  summary: "the first symbol only",
  base: 2,
  sizes: "symbols",
  compute(sequence, target) {
    target[0] = sequence[0]
  },
  exact: (sequence) => sequence.slice(0, 1),
})
