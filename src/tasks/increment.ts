// A number plus one: a carry runs to the first digit that is not the largest. In the neural_gpu code ("incr")
// the answer wraps to zero; here it has one more place than the number.

import { arithmetic } from "./arithmetic.ts"
import { sums } from "./families/sums.ts"

export const increment = arithmetic({
  name: "increment",
  summary: "the number plus one",
  operands: 1,
  room: 1,
  operator: "",
  typedAs: [],
  families: sums(1),
  compute([a], base, digits) {
    digits.set(a)
    let i = 0
    while (digits[i] === base - 1) digits[i++] = 0
    digits[i]++
  },
  exact: ([a]) => a + 1n,
})
