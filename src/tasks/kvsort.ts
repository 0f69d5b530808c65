// Pairs of key and value sorted by ascending key; the sort is stable [neural_gpu code, "kvsort"].

import { pairs } from "./reverse-pairs.ts"
import { sequence } from "./sequence.ts"
import type { NamedSequence, SequenceCase } from "./sequence-cases.ts"

export const kvsort = sequence({
  name: "kvsort",
  summary: "pairs of key and value in ascending order of keys",
  base: 6,
  sizes: "pairs of key and value",
  unit: 2,
  compute(sequence, target, base) {
    // Counting sort: finds where the pairs of each key begin, then puts each pair at the next place of its
    // key.
    const place = new Int32Array(base + 2)
    for (let i = 0; i < sequence.length; i += 2) place[sequence[i] + 1] += 2
    for (let key = 1; key <= base + 1; key++) place[key] += place[key - 1]
    for (let i = 0; i < sequence.length; i += 2) {
      const at = place[sequence[i]]
      target[at] = sequence[i]
      target[at + 1] = sequence[i + 1]
      place[sequence[i]] += 2
    }
  },
  exact: (sequence) =>
    pairs(sequence)
      .toSorted(([a], [b]) => a - b)
      .flat(),
  cases(length, base, randomSymbols) {
    const values = randomSymbols(length)
    const withKeys = (name: string, keys: SequenceCase, key: (pair: number) => number): NamedSequence => ({
      name,
      hard: { family: "keys", keys },
      sequence: values.map((value, i) => (i % 2 === 0 ? key(i >> 1) : value)),
    })
    const pairCount = length >> 1
    const half = pairCount >> 1
    const again = (order: "ascending" | "descending") => ({ family: "again-and-again", order }) as const
    const lowestLast = { family: "one-out", most: "highest", place: pairCount - 1 } as const
    return [
      withKeys("all keys the lowest, random values", { family: "all", symbol: 1 }, () => 1),
      withKeys("all keys the highest, random values", { family: "all", symbol: base }, () => base),
      withKeys("keys descending again and again", again("descending"), (i) => base - (i % base)),
      withKeys("keys ascending again and again", again("ascending"), (i) => 1 + (i % base)),
      withKeys("two keys by turns", { family: "alternating", first: "highest" }, (i) => (i % 2 === 0 ? base : 1)),
      withKeys("the highest key first, then the lowest", { family: "two-blocks", first: "highest" }, (i) =>
        i < half ? base : 1,
      ),
      withKeys("the lowest key last, all others the highest", lowestLast, (i) => (i === pairCount - 1 ? 1 : base)),
    ]
  },
})
