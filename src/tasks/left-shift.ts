// Shifts every symbol one place to the left: the first drops out, a 0 enters at the end. (In the neural_gpu
// code, the index of left-shift wraps around, so that it rotates to the right.)

import { sequence } from "./sequence.ts"

/** The symbol of the digit 0, which enters. */
export const ZERO = 1

export const leftShift = sequence({
  name: "left-shift",
  summary: "every symbol one place to the left; a 0 enters at the end",
  base: 2,
  sizes: "symbols",
  compute(sequence, target) {
    const last = sequence.length - 1
    for (let i = 0; i < last; i++) target[i] = sequence[i + 1]
    target[last] = ZERO
  },
  exact: (sequence) => [...sequence.slice(1), ZERO],
})
