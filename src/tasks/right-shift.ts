// Shifts every symbol one place to the right: the last drops out, a 0 enters at the start. (In the neural_gpu
// code, right-shift fails because it reads past the end of its list.)

import { ZERO } from "./left-shift.ts"
import { sequence } from "./sequence.ts"

export const rightShift = sequence({
  name: "right-shift",
  summary: "every symbol one place to the right; a 0 enters at the start",
  base: 2,
  sizes: "symbols",
  compute(sequence, target) {
    target[0] = ZERO
    for (let i = 1; i < sequence.length; i++) target[i] = sequence[i - 1]
  },
  exact: (sequence) => [ZERO, ...sequence.slice(0, -1)],
})
