// Random hard examples for training at trained sizes: families with free parameters, of which random operands hold almost none.
// Long carries are the point: in random digits a carry chain of k places has probability base^-k [Price et al. 2016].

import type { Random } from "../core/rng.ts"

/** A sequence of `size` digits: runs of equal digits, or digits of one kind mostly, or one special number. */
export function hardDigits(size: number, base: number, random: Random): Uint8Array {
  const digits = new Uint8Array(size)
  const kind = random.below(3)
  if (kind === 0) {
    for (let i = 0; i < size; ) {
      const digit = random.uniform() < 0.5 ? random.below(2) * (base - 1) : random.below(base)
      for (let n = 1 + random.below(size); n > 0 && i < size; n--) digits[i++] = digit
    }
  } else if (kind === 1) {
    return mostlyDigits(size, base, random.below(2) * (base - 1), random)
  } else {
    // base^k, or base^k - 1 (least significant digit first); k = size gives 9…9
    const k = random.below(size + 1)
    if (random.uniform() < 0.5 && k < size) digits[k] = 1
    else digits.fill(base - 1, 0, k)
  }
  return digits
}

/** Two operands; in half of the cases their digits add up to base − 1 at a random share of places, so that carries run far. */
export function hardPair(size: number, base: number, random: Random): [Uint8Array, Uint8Array] {
  if (random.uniform() < 0.5) return [hardDigits(size, base, random), hardDigits(size, base, random)]
  const [a, b] = [new Uint8Array(size), new Uint8Array(size)]
  const share = random.uniform()
  for (let i = 0; i < size; i++) {
    a[i] = random.below(base)
    b[i] = random.uniform() < share ? base - 1 - a[i] : random.below(base)
  }
  return [a, b]
}

/** Two factors, each by itself mostly large digits, or mostly noughts, or runs, or as hardDigits draws it. What is hard about a product are columns that add up
 *  to much, and few digits that meet many: random ones of trained sizes never are so, and stretches of longer ones always. Of models that had products of 200
 *  bits wrong, of those of 20 bits 7 and 8 % were where both factors had nine ones in ten, and 1.6 % where one had one in ten, which hardDigits draws
 *  seldom; of random ones 0.1 %. One pair in four is of shorter factors, each with noughts before it: at 200 bits some of those were the last that
 *  were wrong (docs/log.md, 2026-11-27). */
export function hardFactors(size: number, base: number, random: Random): [Uint8Array, Uint8Array] {
  const factor = () => {
    const kind = random.below(5)
    if (kind < 3) return mostlyDigits(size, base, kind < 2 ? base - 1 : 0, random, 1 - random.uniform() ** 2)
    return kind === 3 ? runsOfDigits(size, base, random) : hardDigits(size, base, random)
  }
  if (random.below(4) > 0) return [factor(), factor()]
  const shorter = () => factor().fill(0, 1 + random.below(size))
  return [shorter(), shorter()]
}

/** A digit at a share of places, random ones at the others; the share is uniform unless told otherwise (hardFactors: near 1 mostly). */
function mostlyDigits(size: number, base: number, most: number, random: Random, share = random.uniform()): Uint8Array {
  return Uint8Array.from({ length: size }, () => (random.uniform() < share ? most : random.below(base)))
}

/** Each digit is the one before it, or with a chance that is drawn once, a small one mostly, a new one. */
function runsOfDigits(size: number, base: number, random: Random): Uint8Array {
  const chance = random.uniform() ** 2
  let digit = random.below(base)
  return Uint8Array.from({ length: size }, () => {
    if (random.uniform() < chance) digit = random.below(base)
    return digit
  })
}

/** `count` operands: the first two as hardPair has them. */
export function hardOperands(count: number, size: number, base: number, random: Random): Uint8Array[] {
  const more = (n: number) => Array.from({ length: n }, () => hardDigits(size, base, random))
  return count < 2 ? more(count) : [...hardPair(size, base, random), ...more(count - 2)]
}
