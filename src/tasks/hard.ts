// Random hard examples for training at trained sizes, from families with free parameters. Random operands
// almost never contain them: in random digits, a carry chain of k places has probability base^-k
// [Price et al. 2016].

import type { Random } from "../core/rng.ts"

/**
 * A number of `size` digits: runs of equal digits, mostly 0 or mostly the largest digit, or a special number.
 */
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
    // base^k or base^k − 1, least significant digit first; k = size gives all nines.
    const k = random.below(size + 1)
    if (random.uniform() < 0.5 && k < size) digits[k] = 1
    else digits.fill(base - 1, 0, k)
  }
  return digits
}

/**
 * Two hard operands. In half of the cases their digits add up to base − 1 at a random share of places, which
 * makes carries long.
 */
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

/**
 * Two hard factors. Each is mostly large digits, mostly zeros, in runs, or as in `hardDigits`. Products are
 * hard where column sums are large, and where few digits meet many. Random factors of trained sizes almost
 * never have that, but parts of longer factors do. One pair in four has shorter factors with leading zeros,
 * which models fail on last (docs/log.md).
 */
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

/**
 * A number with one digit at a share of places and random digits elsewhere. The share is uniform by default;
 * `hardFactors` draws it mostly near 1.
 */
function mostlyDigits(size: number, base: number, most: number, random: Random, share = random.uniform()): Uint8Array {
  return Uint8Array.from({ length: size }, () => (random.uniform() < share ? most : random.below(base)))
}

/**
 * A number in which each digit repeats the previous one, except with a probability that is drawn once per
 * number and is usually small.
 */
function runsOfDigits(size: number, base: number, random: Random): Uint8Array {
  const chance = random.uniform() ** 2
  let digit = random.below(base)
  return Uint8Array.from({ length: size }, () => {
    if (random.uniform() < chance) digit = random.below(base)
    return digit
  })
}

/** `count` operands; the first two are a `hardPair`. */
export function hardOperands(count: number, size: number, base: number, random: Random): Uint8Array[] {
  const more = (n: number) => Array.from({ length: n }, () => hardDigits(size, base, random))
  return count < 2 ? more(count) : [...hardPair(size, base, random), ...more(count - 2)]
}
