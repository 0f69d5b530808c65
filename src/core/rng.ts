// Counter-based random numbers: every number is a pure function of (key, counter). A resumed run therefore
// draws the same numbers as an uninterrupted one, and the result never depends on which worker drew them. The
// 32-bit finalizer is "lowbias32" (Chris Wellons, hash-prospector); kernels use the same one for dropout
// masks.

/** A bijective 32-bit mixer that returns an unsigned integer. */
export function mix(x: number): number {
  x ^= x >>> 16
  x = Math.imul(x, 0x7feb352d)
  x ^= x >>> 15
  x = Math.imul(x, 0x846ca68b)
  x ^= x >>> 16
  return x >>> 0
}

/** Hashes integer words into one 32-bit key; order matters. */
export function hash(...words: number[]): number {
  let h = 0x9e3779b9
  for (const word of words) h = mix((Math.imul(h, 0x01000193) + word) | 0)
  return h >>> 0
}

/** A stream of random numbers, named by integer words. Streams with different names are independent. */
export interface Random {
  /** Uniform 32-bit unsigned integer. */
  bits(): number
  /** Uniform in [0, 1), 24 bits. */
  uniform(): number
  /** Uniform integer in [0, n), unbiased for n < 2^31. */
  below(n: number): number
  /** Standard normal (Box and Muller 1958). */
  normal(): number
}

/** The stream named by `words`, such as `random(seed, Stream.data, step, example)`. */
export const random = (...words: number[]): Random => streamOf(keysOf(...words))

/** The two 32-bit keys that define a stream. */
export type Keys = readonly [number, number]
export const keysOf = (...words: number[]): Keys => [hash(...words), hash(0x5bd1e995, ...words)]

/** The stream with these keys. Its n-th 32 bits are mix(k0 + mix(k1 ^ mix(n))). */
export function streamOf([k0, k1]: Keys): Random {
  let counter = 0
  const bits = () => mix((k0 + mix(k1 ^ mix(counter++))) | 0)
  const uniform = () => (bits() >>> 8) * 2 ** -24
  const below = (n: number) => {
    if (!(n >= 1 && n <= 2 ** 32)) throw new RangeError(`random: got ${n}, expected a number from 1 to 2^32`)
    const limit = 2 ** 32 - (2 ** 32 % n)
    for (;;) {
      const b = bits()
      if (b < limit) return b % n
    }
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { bits, uniform, below, normal }
}

/** The purpose of a stream, as the second word of its name, so that no two purposes share numbers. */
export const Stream = {
  init: 1,
  data: 2,
  dropout: 3,
  gradientNoise: 4,
  curriculum: 5,
  evaluation: 6,
  hard: 7,
  search: 8,
  attack: 9,
} as const
