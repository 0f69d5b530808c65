// Counting by sorting bits: all zeros, then all ones [KS16 §3: no error up to length 4001].

import { sequence } from "./sequence.ts"

export const count = sequence({
  name: "count",
  summary: "the zeros, then the ones: counting by sorting",
  base: 2,
  bases: [2, 2],
  sizes: "symbols",
  compute(sequence, target) {
    let zeros = 0
    for (let i = 0; i < sequence.length; i++) if (sequence[i] === 1) zeros++
    target.fill(1, 0, zeros).fill(2, zeros)
  },
  exact: (sequence) => sequence.toSorted((a, b) => a - b),
})
