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
    const [mostly, share] = [random.below(2) * (base - 1), random.uniform()]
    for (let i = 0; i < size; i++) digits[i] = random.uniform() < share ? mostly : random.below(base)
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

/** `count` operands: the first two as hardPair has them. */
export function hardOperands(count: number, size: number, base: number, random: Random): Uint8Array[] {
  const more = (n: number) => Array.from({ length: n }, () => hardDigits(size, base, random))
  return count < 2 ? more(count) : [...hardPair(size, base, random), ...more(count - 2)]
}
