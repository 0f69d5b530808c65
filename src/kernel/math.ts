// exp, log, tanh, sigmoid and random numbers in the lane language. They are polynomials of ours, so that
// backends with the same rounding give the same bits. Coefficients: Cephes single precision (Moshier).
// Relative error below 2e-7 (test/kernel/math.test.ts).

import {
  fma,
  type I,
  iadd,
  ifLess,
  imul,
  int,
  ishr,
  ixor,
  lane,
  type V,
  vadd,
  vdiv,
  vmax,
  vmin,
  vmul,
  vsub,
} from "./language.ts"

/** The part of a builder that these functions need: naming a value. */
export interface Namer {
  let(value: V): V
}

const horner = (x: V, coefficients: readonly number[]): V =>
  coefficients.slice(1).reduce<V>((sum, c) => fma(sum, x, c), lane(coefficients[0]))

/** e^x; x is clamped to [-87.3, 88.3], so that results are normal numbers. */
export function exp(k: Namer, x: V): V {
  const clamped = k.let(vmin(vmax(x, -87.33), 88.37))
  const magic = 12582912 // 1.5·2^23: adding it rounds to an integer, held in the low bits of the sum
  const shifted = k.let(fma(clamped, Math.LOG2E, magic))
  const n = k.let(vsub(shifted, magic))
  const r = k.let(fma(n, 2.1219444e-4, fma(n, -0.693359375, clamped)))
  const p = horner(
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  )
  const y = k.let(fma(fma(p, r, 1), r, 1))
  return {
    k: "asFloat",
    a: { k: "bitAdd", a: { k: "asBits", a: y }, b: { k: "bitShl", a: { k: "asBits", a: shifted }, by: 23 } },
  }
}

/** Natural logarithm, for positive normal numbers. */
export function log(k: Namer, x: V): V {
  const bits = k.let({ k: "asBits", a: x })
  const mantissa = k.let({
    k: "asFloat",
    a: {
      k: "bitOr",
      a: { k: "bitAnd", a: bits, b: { k: "bits", value: int(0x7fffff) } },
      b: { k: "bits", value: int(0x3f800000) },
    },
  })
  const exponent = k.let(vsub({ k: "toFloat", a: { k: "bitShr", a: bits, by: 23 } }, 127))
  const high = Math.SQRT2
  const e = k.let(ifLess(mantissa, high, exponent, vadd(exponent, 1)))
  const f = k.let(vsub(ifLess(mantissa, high, mantissa, vmul(mantissa, 0.5)), 1))
  const z = k.let(vmul(f, f))
  const p = horner(
    f,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  )
  const y = fma(z, -0.5, fma(e, -2.1219444e-4, vmul(vmul(p, f), z)))
  return fma(e, 0.693359375, vadd(f, y))
}

export function sigmoid(k: Namer, x: V): V {
  return vdiv(1, vadd(1, exp(k, { k: "neg", a: x })))
}

export function tanh(k: Namer, x: V): V {
  const size = k.let({ k: "abs", a: x })
  const t = k.let(exp(k, vmul(size, -2)))
  const large = k.let(vdiv(vsub(1, t), vadd(1, t)))
  const z = k.let(vmul(x, x))
  const p = horner(z, [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1])
  const small = fma(vmul(p, z), x, x)
  return ifLess(size, 0.625, small, ifLess(x, 0, { k: "neg", a: large }, large))
}

/** Adds one word to the `hash` of core/rng.ts, on integers. `name` names intermediate values. */
export function hashWord(name: (value: I) => I, h: I, word: I): I {
  const x = name(iadd(imul(h, 0x01000193), word))
  const a = name(imul(ixor(x, ishr(x, 16)), 0x7feb352d))
  const b = name(imul(ixor(a, ishr(a, 15)), 0x846ca68b | 0))
  return name(ixor(b, ishr(b, 16)))
}

/** The `hash` of core/rng.ts, on integers. */
export const hashInt = (name: (value: I) => I, ...words: I[]): I =>
  words.reduce((h, word) => hashWord(name, h, word), int(0x9e3779b9 | 0))

/** One number in [0, 1) per lane: the upper 24 bits of mix(key ^ (example · golden ratio)). */
export function uniform(k: Namer, key: I): V {
  const bits = (value: number): V => ({ k: "bits", value: int(value | 0) })
  const shr = (a: V, by: number): V => ({ k: "bitShr", a, by })
  const times = (a: V, c: number): V => ({ k: "bitMul", a, b: bits(c) })
  const xor = (a: V, b: V): V => ({ k: "xor", a, b })
  const x = k.let(xor({ k: "bits", value: key }, times({ k: "example" }, 0x9e3779b9)))
  const a = k.let(times(xor(x, shr(x, 16)), 0x7feb352d))
  const b = k.let(times(xor(a, shr(a, 15)), 0x846ca68b))
  return vmul({ k: "toFloat", a: shr(xor(b, shr(b, 16)), 8) }, 2 ** -24)
}
