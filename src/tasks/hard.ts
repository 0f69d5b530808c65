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

/** Two factors. What is hard about a product are columns that add up to much, as random ones of trained sizes never do, and longer ones always: both factors
 *  have large digits mostly (or one of them noughts), or both have runs, or, half of them, are as hardDigits draws them. Of two models
 *  that had products of 200 bits wrong, 7 and 8 % of those of 20 bits with nine ones in ten were, and 0.1 % of random ones (docs/log.md, 2026-11-27). */
export function hardFactors(size: number, base: number, random: Random): [Uint8Array, Uint8Array] {
  const kind = random.below(4)
  const digits = (most: number) =>
    kind === 0
      ? mostlyDigits(size, base, most, random)
      : kind === 1
        ? runsOfDigits(size, base, random)
        : hardDigits(size, base, random)
  const few = random.below(8)
  return [digits(few === 0 ? 0 : base - 1), digits(few === 1 ? 0 : base - 1)]
}

/** A digit at a random share of places, random ones at the others. */
function mostlyDigits(size: number, base: number, most: number, random: Random): Uint8Array {
  const share = random.uniform()
  return Uint8Array.from({ length: size }, () => (random.uniform() < share ? most : random.below(base)))
}

/** Each digit is the one before it, or with a chance that is drawn once a new one. */
function runsOfDigits(size: number, base: number, random: Random): Uint8Array {
  const chance = random.uniform()
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
