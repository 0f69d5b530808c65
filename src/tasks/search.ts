// Pairs of key and value, then a query key: the answer is the value of the first pair with that key, or
// empty. A size is the number of pairs, L = 2·size + 1. (The neural_gpu code generates twice as many pairs as
// fit.)

import { pairs } from "./reverse-pairs.ts"
import { sequence } from "./sequence.ts"
import type { NamedSequence, Pairs } from "./sequence-cases.ts"

export const search = sequence({
  name: "search",
  summary: "the value of the first pair whose key is the last symbol",
  base: 6,
  sizes: "pairs of key and value before the query key",
  unit: 2,
  extra: 1,
  compute(sequence, target) {
    const last = sequence.length - 1
    for (let i = 0; i < last; i += 2)
      if (sequence[i] === sequence[last]) {
        target[0] = sequence[i + 1]
        return
      }
  },
  exact(sequence) {
    const found = pairs(sequence).find(([key]) => key === sequence.at(-1))
    return found === undefined ? [] : [found[1]]
  },
  cases(length, base, randomSymbols) {
    const drawn = randomSymbols(length)
    const wanted = drawn[length - 1]
    const other = 1 + (wanted % base)
    const withKeys = (name: string, pairs: Pairs, there: (pair: number) => boolean): NamedSequence => ({
      name,
      hard: { family: "key-at", pairs },
      sequence: drawn.map((symbol, i) => (i % 2 === 1 || i === length - 1 ? symbol : there(i >> 1) ? wanted : other)),
    })
    const pairCount = length >> 1
    const ends = (i: number) => i === 0 || i === pairCount - 1
    return [
      withKeys("a key that is nowhere", "none", () => false),
      withKeys("a key that is everywhere", "all", () => true),
      withKeys("the key of the first pair only", "first", (i) => i === 0),
      withKeys("the key of the last pair only", "last", (i) => i === pairCount - 1),
      withKeys("the key of the first and the last pair", "first and last", ends),
      withKeys("the key of a pair in the middle only", "middle", (i) => i === pairCount >> 1),
    ]
  },
})
