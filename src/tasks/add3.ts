// Addition of three numbers, a multi-operand addition [Price et al. 2016]. A carry is 0, 1 or 2.

import { arithmetic } from "./arithmetic.ts"
import { sums } from "./families/sums.ts"

export const add3 = arithmetic({
  name: "add3",
  summary: "the sum of three numbers",
  operands: 3,
  operator: "+",
  typedAs: ["+"],
  families: sums(3),
  compute(operands, base, digits) {
    const size = operands[0].length
    let carry = 0
    for (let i = 0; i < size; i++) {
      let sum = carry
      for (const operand of operands) sum += operand[i]
      digits[i] = sum % base
      carry = Math.floor(sum / base)
    }
    // In base 2 a carry of 2 needs two digits: 1 + 1 + 1 = 11, and 11 + 11 + 11 = 1001.
    for (let i = size; carry > 0; i++, carry = Math.floor(carry / base)) digits[i] = carry % base
  },
  exact: (operands) => operands.reduce((a, b) => a + b),
})
