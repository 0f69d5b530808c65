// Rows of digits from which families of questions are made, least significant digit first. Lengths are drawn
// on every scale, because a fault may begin at a run of 3 as well as at one of 300.

import type { Random } from "../../core/rng.ts"

/** A length from 1 to `most`: first a scale (most, most/2, most/4, …, 1), then a length up to it. */
export function someLength(most: number, random: Random): number {
  const scales = 32 - Math.clz32(most)
  return 1 + random.below(Math.max(1, most >> random.below(scales)))
}

/** 0 or the largest digit in three of four draws, else any digit. */
export const edgeDigit = (base: number, random: Random): number =>
  random.below(4) > 0 ? random.below(2) * (base - 1) : random.below(base)

export const anyDigits = (size: number, base: number, random: Random): Uint8Array =>
  Uint8Array.from({ length: size }, () => random.below(base))

/** Runs of one digit. The longest possible run is drawn once. */
export function runsOfDigits(size: number, base: number, random: Random): Uint8Array {
  const most = someLength(size, random)
  const digits = new Uint8Array(size)
  for (let at = 0; at < size; ) {
    const end = at + 1 + random.below(most)
    digits.fill(edgeDigit(base, random), at, end)
    at = end
  }
  return digits
}

/** One digit everywhere, except at a few places. */
export function almostAll(digit: number, size: number, base: number, random: Random): Uint8Array {
  const digits = new Uint8Array(size).fill(digit)
  for (let n = random.below(someLength(size, random) + 1); n > 0; n--) digits[random.below(size)] = random.below(base)
  return digits
}

/** The same few digits again and again. */
export function periodicDigits(size: number, base: number, random: Random): Uint8Array {
  const period = anyDigits(1 + random.below(Math.min(size, MOST_PERIOD)), base, random)
  return Uint8Array.from({ length: size }, (_, i) => period[i % period.length])
}
const MOST_PERIOD = 8

/** base^k - 1, base^k or base^k + 1. */
export function nearPower(size: number, base: number, random: Random): Uint8Array {
  const k = random.below(size)
  const digits = new Uint8Array(size)
  const kind = random.below(3)
  if (kind === 0) return digits.fill(base - 1, 0, k + 1)
  digits[k] = 1
  if (kind === 1 && k > 0) digits[0] = 1
  return digits
}

/** The same digits with zeros above a random width. */
export const narrowed = (digits: Uint8Array, random: Random): Uint8Array =>
  digits.slice().fill(0, 1 + random.below(digits.length))
