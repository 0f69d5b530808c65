// Families of products. The hardest carry is born in the last partial product and runs through the whole
// upper half. Random factors never have it, but products just above a power of the base do.

import type { Random } from "../../core/rng.ts"
import {
  almostAll,
  anyDigits,
  edgeDigit,
  narrowed,
  nearPower,
  periodicDigits,
  runsOfDigits,
  someLength,
} from "./digits.ts"
import type { Drawing } from "./family.ts"

type Factors = readonly [Uint8Array, Uint8Array]
type Digits = (size: number, base: number, random: Random) => Uint8Array

const both =
  (draw: Digits) =>
  (size: number, base: number, random: Random): Factors => [draw(size, base, random), draw(size, base, random)]

export const products: readonly Drawing<Factors>[] = [
  { name: "just above a power", draw: (size, base, random) => nearProduct(size, base, random, "above") },
  { name: "just below a power", draw: (size, base, random) => nearProduct(size, base, random, "below") },
  {
    name: "a carry born in a middle row",
    draw(size, base, random) {
      const width = 1 + random.below(size)
      const [x, y] = nearProduct(size, base, random, "above", width)
      for (let i = width; i < size; i++) y[i] = random.below(base)
      return [x, y]
    },
  },
  {
    name: "10…01 × a block of the largest digit",
    draw(size, base, random) {
      const [two, block] = [new Uint8Array(size), new Uint8Array(size)]
      two[random.below(size)] = 1
      two[0] = 1
      block.fill(base - 1, 0, 1 + random.below(size))
      return random.below(2) > 0 ? [two, block] : [block, two]
    },
  },
  {
    name: "blocks of one digit",
    draw: both((size, base, random) => {
      const from = random.below(2) * random.below(size)
      return new Uint8Array(size).fill(Math.max(1, edgeDigit(base, random)), from, from + someLength(size, random))
    }),
  },
  { name: "sparse", draw: both((size, base, random) => almostAll(0, size, base, random)) },
  { name: "dense", draw: both((size, base, random) => almostAll(base - 1, size, base, random)) },
  { name: "runs of digits", draw: both(runsOfDigits) },
  { name: "near powers of the base", draw: both(nearPower) },
  {
    name: "leading zeros",
    draw: both((size, base, random) =>
      narrowed((random.below(2) > 0 ? runsOfDigits : anyDigits)(size, base, random), random),
    ),
  },
  {
    name: "equal or mirrored factors",
    draw(size, base, random) {
      const x = random.below(2) > 0 ? anyDigits(size, base, random) : runsOfDigits(size, base, random)
      return [x, random.below(2) > 0 ? x : x.toReversed()]
    },
  },
  { name: "periodic digits", draw: both(periodicDigits) },
]

/**
 * Factors whose product is the least at or above a power of the base that x divides, or the greatest below it.
 * @param width the most digits of y
 */
function nearProduct(
  size: number,
  base: number,
  random: Random,
  side: "above" | "below",
  width = size,
): [Uint8Array, Uint8Array] {
  // mostly whole factors and the highest powers, where the carry is longest
  const narrow = random.below(4) === 0 ? 1 + random.below(size) : size
  const x = anyDigits(size, base, random).fill(0, narrow)
  x[narrow - 1] = 1 + random.below(base - 1)
  const value = numberOf(x, base)
  const most = BigInt(base) ** BigInt(width)
  const highest = narrow + width - 1
  const lower = random.below(4) === 0 ? random.below(highest + 1) : random.below(2)
  const power = BigInt(base) ** BigInt(highest - lower)
  const y = side === "above" ? (power + value - 1n) / value : (power - 1n) / value
  return [x, digitsOf(y < most ? y : most - 1n, size, base)]
}

const numberOf = (digits: Uint8Array, base: number): bigint =>
  digits.reduceRight((sum, digit) => sum * BigInt(base) + BigInt(digit), 0n)

function digitsOf(value: bigint, size: number, base: number): Uint8Array {
  const written = value.toString(base)
  return Uint8Array.from({ length: size }, (_, i) => (i < written.length ? Number(written[written.length - 1 - i]) : 0))
}
