// Families of sequences: orders, repetitions and lone symbols. Symbols are digits here, from 0.

import type { Random } from "../../core/rng.ts"
import { almostAll, anyDigits, periodicDigits, runsOfDigits, someLength } from "./digits.ts"
import type { Drawing } from "./family.ts"

type Sequence = Drawing<Uint8Array>

export const sequences: readonly Sequence[] = [
  { name: "runs", draw: runsOfDigits },
  {
    name: "palindromes",
    draw(size, base, random) {
      const half = (random.below(2) > 0 ? anyDigits : runsOfDigits)(size, base, random)
      const made = half.map((_, i) => half[Math.min(i, size - 1 - i)])
      if (random.below(2) > 0) made[random.below(size)] = random.below(base)
      return made
    },
  },
  { name: "in order", draw: inOrder },
  {
    name: "lone symbols",
    draw: (size, base, random) => almostAll(random.below(base), size, base, random),
  },
  {
    name: "mostly one symbol",
    draw(size, base, random) {
      const [most, oneIn] = [random.below(base), someLength(size, random)]
      return Uint8Array.from({ length: size }, () => (random.below(oneIn) === 0 ? random.below(base) : most))
    },
  },
  {
    name: "two symbols",
    draw(size, base, random) {
      const pair = [random.below(base), random.below(base)]
      return Uint8Array.from({ length: size }, () => pair[random.below(2)])
    },
  },
  { name: "periodic", draw: periodicDigits },
  {
    name: "a part twice",
    draw(size, base, random) {
      const made = anyDigits(size, base, random)
      const length = someLength(size, random)
      const [from, to] = [random.below(size - length + 1), random.below(size - length + 1)]
      made.set(made.slice(from, from + length), to)
      return made
    },
  },
]

/** Families of pairs of key and value: the keys follow a family, the values are random. */
export const pairSequences: readonly Sequence[] = sequences.map(({ name, draw }) => ({
  name: `keys: ${name}`,
  draw(size, base, random) {
    const keys = draw((size + 1) >> 1, base, random)
    return anyDigits(size, base, random).map((value, i) => (i % 2 === 0 ? keys[i >> 1] : value))
  },
}))

/** Ascending or descending, perhaps with a few symbols out of order. */
function inOrder(size: number, base: number, random: Random): Uint8Array {
  const made = (random.below(2) > 0 ? anyDigits : runsOfDigits)(size, base, random).sort()
  if (random.below(2) > 0) made.reverse()
  for (let n = random.below(3); n > 0; n--) {
    const [a, b] = [random.below(size), random.below(size)]
    ;[made[a], made[b]] = [made[b], made[a]]
  }
  return made
}
