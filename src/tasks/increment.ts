// The number and one: a carry runs until the first digit that is not the highest ("incr" in the neural_gpu code, where the answer
// wraps to zero; here it has a place more than the number, and nothing is lost).

import { arithmetic } from "./arithmetic.ts"

export const increment = arithmetic({
  name: "increment",
  summary: "the number and one",
  operands: 1,
  room: 1,
  operator: "",
  typedAs: [],
  compute([a], base, digits) {
    digits.set(a)
    let i = 0
    while (digits[i] === base - 1) digits[i++] = 0
    digits[i]++
  },
  exact: ([a]) => a + 1n,
})
