// Addition of two numbers; a carry may run through the whole number.

import { arithmetic } from "./arithmetic.ts"
import { sums } from "./families/sums.ts"

export const add = arithmetic({
  name: "add",
  summary: "the sum of two numbers",
  operands: 2,
  operator: "+",
  typedAs: ["+"],
  families: sums(2),
  compute([a, b], base, digits) {
    let carry = 0
    for (let i = 0; i < a.length; i++) {
      const sum = a[i] + b[i] + carry
      carry = sum >= base ? 1 : 0
      digits[i] = sum - carry * base
    }
    digits[a.length] = carry
  },
  exact: ([a, b]) => a + b,
})
