// The sequence twice. In the question, the second half of the length is empty.

import { sequence } from "./sequence.ts"

export const duplicate = sequence({
  name: "duplicate",
  summary: "the sequence twice",
  base: 2,
  sizes: "symbols of the question; the answer has twice as many",
  stretch: 2,
  compute(sequence, target) {
    target.set(sequence)
    target.set(sequence, sequence.length)
  },
  exact: (sequence) => [...sequence, ...sequence],
})
