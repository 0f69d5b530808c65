// Sorts the symbols in ascending order.

import { sequence } from "./sequence.ts"

export const sort = sequence({
  name: "sort",
  summary: "the symbols in ascending order",
  base: 6,
  sizes: "symbols",
  compute(sequence, target, base) {
    // Counting sort: the count of each symbol determines the answer.
    const counts = new Int32Array(base + 1)
    for (let i = 0; i < sequence.length; i++) counts[sequence[i]]++
    for (let symbol = 1, i = 0; symbol <= base; symbol++) for (let n = counts[symbol]; n > 0; n--) target[i++] = symbol
  },
  exact: (sequence) => sequence.toSorted((a, b) => a - b),
})
