// Every symbol one place to the left, as in a shift register: the first goes out, a 0 comes in at the end.
// (The neural_gpu code's left-shift lets an index wrap and rotates to the right instead.)

import { sequence } from "./sequence.ts"

/** The symbol of the digit 0, which comes in. */
export const ZERO = 1

export const leftShift = sequence({
  name: "left-shift",
  summary: "every symbol one place to the left, 0 comes in at the end",
  base: 2,
  sizes: "symbols",
  compute(sequence, target) {
    const last = sequence.length - 1
    for (let i = 0; i < last; i++) target[i] = sequence[i + 1]
    target[last] = ZERO
  },
  exact: (sequence) => [...sequence.slice(1), ZERO],
})
