// Reverses a list of pairs; the order within each pair is kept [neural_gpu code, "rev2"].

import { sequence } from "./sequence.ts"

export const reversePairs = sequence({
  name: "reverse-pairs",
  summary: "the pairs in reverse order, each pair unchanged",
  base: 2,
  sizes: "pairs of symbols",
  unit: 2,
  compute(sequence, target) {
    const last = sequence.length - 2
    for (let i = 0; i <= last; i += 2) {
      target[i] = sequence[last - i]
      target[i + 1] = sequence[last - i + 1]
    }
  },
  exact: (sequence) => pairs(sequence).reverse().flat(),
})

/** [a, b, c, d] → [[a, b], [c, d]]; an unpaired last symbol is dropped. */
export const pairs = (sequence: readonly number[]): [number, number][] =>
  Array.from({ length: sequence.length >> 1 }, (_, i) => [sequence[2 * i], sequence[2 * i + 1]])
