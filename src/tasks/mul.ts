// Multiplication of two numbers, the hardest task of [KS16]: every digit of the answer depends on all lower
// digits.

import { arithmetic } from "./arithmetic.ts"
import { products } from "./families/products.ts"
import { hardFactors } from "./hard.ts"

export const mul = arithmetic({
  name: "mul",
  summary: "the product of two numbers",
  operands: 2,
  operator: "*",
  typedAs: ["*", "x", "X", "×"],
  families: products,
  compute: ([a, b], base, digits) => multiplyDigits(a, b, base, digits),
  exact: ([a, b]) => a * b,
  hard: hardFactors,
})

/** Long multiplication by columns: column k is the sum of a[i] · b[k − i]; the carry goes to column k + 1. */
export function multiplyDigits(a: Uint8Array, b: Uint8Array, base: number, digits: Uint8Array): void {
  const size = a.length
  let carry = 0
  for (let k = 0; k < 2 * size; k++) {
    const last = Math.min(k, size - 1)
    for (let i = Math.max(0, k - size + 1); i <= last; i++) carry += a[i] * b[k - i]
    const rest = Math.floor(carry / base)
    digits[k] = carry - rest * base
    carry = rest
  }
}
