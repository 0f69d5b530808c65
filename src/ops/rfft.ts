// The real Fourier transform along axis 0 or 1 of an image [A, B, C], for any even size n. It maps n numbers
// to n numbers, Re X(0..n/2), then Im X(1..n/2 − 1), scaled to be orthonormal. `keep` takes only the K lowest
// coefficients (those of a signal of K places). `back` is the transpose: always the gradient, and the inverse
// if K = n. Inside is one complex transform of size n/2 (the classic packing) by prime factors. It is
// unrolled without loops; its constants are computed when the kernel is built.

import { dimsAt, show, sizeAt } from "../core/shape.ts"
import { iadd, imul, lane, type V, vadd, vmul, vsub } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"

export interface RfftAttributes {
  readonly axis: 0 | 1
  /** Places of the signal; even. */
  readonly n: number
  /** Number of coefficients to keep; even, at most n. */
  readonly keep: number
  readonly back: boolean
}

/** The index of the k-th kept coefficient among all n. */
const coefficient = (k: number, n: number, keep: number): number => (k <= keep / 2 ? k : n / 2 + (k - keep / 2))
/** Scale of a coefficient: √(1/n) for X(0) and X(n/2), √(2/n) for the others. */
const scaleOf = (i: number, n: number): number => Math.sqrt((i === 0 || i === n / 2 ? 1 : 2) / n)

export const rfftOp: KernelOp<RfftAttributes> = {
  name: "rfft",
  shape([x], { axis, n, keep, back }) {
    const expected = back ? keep : n
    if (x.shape.length !== 3 || x.shape[axis] !== expected)
      throw new Error(`rfft: got ${show(x.shape)}, expected an image with ${expected} places along axis ${axis}`)
    if (n % 2 !== 0 || keep % 2 !== 0 || keep < 2 || keep > n)
      throw new Error(`rfft: got size ${n} and ${keep} kept, expected even numbers, 2 ≤ kept ≤ size`)
    return x.shape.map((d, i) => (i === axis ? (back ? n : keep) : d))
  },
  gradient: (g, { attributes }, adjoint) => [g.create(rfftOp, [adjoint], { ...attributes, back: !attributes.back })],
  reference(node, [x], { length }) {
    const { axis, n, keep, back } = node.attributes
    const y = new Float64Array(sizeAt(node.shape, length))
    const [A, B, C] = dimsAt(node.inputs[0].shape, length)
    const [from, to] = back ? [keep, n] : [n, keep]
    const [outer, inner] = axis === 0 ? [1, B * C] : [A, C]
    for (let o = 0; o < outer; o++)
      for (let j = 0; j < to; j++)
        for (let i = 0; i < from; i++) {
          const [place, k] = back ? [j, i] : [i, j]
          const c = coefficient(k, n, keep)
          const f = c <= n / 2 ? c : c - n / 2
          const angle = (2 * Math.PI * ((f * place) % n)) / n
          const factor = scaleOf(c, n) * (c <= n / 2 ? Math.cos(angle) : -Math.sin(angle))
          for (let e = 0; e < inner; e++) y[(o * to + j) * inner + e] += factor * x[(o * from + i) * inner + e]
        }
    return y
  },
  kernel(k, { attributes: { axis, n, keep, back }, inputs, shape }) {
    const [A, B, C] = inputs[0].shape as number[]
    const [from, to] = back ? [keep, n] : [n, keep]
    const [outer, inner] = axis === 0 ? [1, B * C] : [A, C]
    if (typeof shape[0] !== "number") throw new Error("rfft: sizes must be known when the model is built")
    const [x, y] = [k.buffer("x"), k.buffer("y")]
    const name: Name = (value) => k.let(value)
    k.loop(0, outer, (o) =>
      k.loop(0, inner, (e) =>
        k.lanes(() => {
          const [source, target] = [
            k.pointer(x, iadd(imul(o, from * inner), e)),
            k.pointer(y, iadd(imul(o, to * inner), e)),
          ]
          const values = Array.from({ length: from }, (_, i) => k.let(k.load(source, i * inner)))
          const out = back ? synthesis(values, n, keep, name) : analysis(values, n, keep, name)
          for (const [i, value] of out.entries()) k.store(target, value, i * inner)
        }),
      ),
    )
  },
}

type Name = (value: V) => V
/** A complex number. An absent imaginary part is 0 and costs nothing. */
interface Complex {
  readonly re: V
  readonly im: V
}

/** a·(cos + i·sin) with constants; multiplications by 0 and ±1 are omitted. */
function times({ re, im }: Complex, cos: number, sin: number, name: Name): Complex {
  const scaled = (x: V, by: number) => (by === 1 ? x : vmul(x, by))
  const tiny = (x: number) => Math.abs(x) < 1e-12
  if (tiny(sin)) return cos > 0 ? { re, im } : { re: name(vsub(0, re)), im: name(vsub(0, im)) }
  if (tiny(cos)) return sin > 0 ? { re: name(vsub(0, im)), im: re } : { re: im, im: name(vsub(0, re)) }
  return {
    re: name(vsub(scaled(re, cos), scaled(im, sin))),
    im: name(vadd(scaled(re, sin), scaled(im, cos))),
  }
}
const plus = (a: Complex, b: Complex, name: Name): Complex => ({
  re: name(vadd(a.re, b.re)),
  im: name(vadd(a.im, b.im)),
})

/**
 * Complex transform Σ x(t)·e^(sign·2πi·f·t/n), recursively by the smallest prime factor
 * (Cooley & Tukey 1965).
 */
function transform(x: readonly Complex[], sign: 1 | -1, name: Name): Complex[] {
  const n = x.length
  if (n === 1) return [...x]
  let p = 2
  while (n % p !== 0) p++
  const m = n / p
  const parts = Array.from({ length: p }, (_, r) =>
    transform(
      x.filter((_, t) => t % p === r),
      sign,
      name,
    ),
  )
  const angle = (f: number, r: number) => (sign * 2 * Math.PI * ((f * r) % n)) / n
  return Array.from({ length: n }, (_, f) =>
    parts
      .map((part, r) => times(part[f % m], Math.cos(angle(f, r)), Math.sin(angle(f, r)), name))
      .reduce((a, b) => plus(a, b, name)),
  )
}

/**
 * From n places to the first coefficients. Even and odd places are the real and imaginary parts of a signal
 * of half the size.
 */
function analysis(x: readonly V[], n: number, keep: number, name: Name): V[] {
  const h = n / 2
  const z = transform(
    Array.from({ length: h }, (_, t) => ({ re: x[2 * t], im: x[2 * t + 1] })),
    -1,
    name,
  )
  const at = (f: number) => z[f % h]
  const spectrum = Array.from({ length: h + 1 }, (_, f) => {
    const [a, b] = [at(f), at(h - f)]
    const even = { re: name(vmul(vadd(a.re, b.re), 0.5)), im: name(vmul(vsub(a.im, b.im), 0.5)) }
    const odd = { re: name(vmul(vadd(a.im, b.im), 0.5)), im: name(vmul(vsub(b.re, a.re), 0.5)) }
    return plus(even, times(odd, Math.cos((-2 * Math.PI * f) / n), Math.sin((-2 * Math.PI * f) / n), name), name)
  })
  return Array.from({ length: keep }, (_, k) => {
    const c = coefficient(k, n, keep)
    return vmul(c <= h ? spectrum[c].re : spectrum[c - h].im, scaleOf(c, n))
  })
}

/** From the first coefficients to n places: the steps of `analysis` in reverse. */
function synthesis(y: readonly V[], n: number, keep: number, name: Name): V[] {
  const h = n / 2
  const coefficients = new Map(y.map((value, k) => [coefficient(k, n, keep), value]))
  // X(f), scaled so that the plain inverse transform (1/n) Σ X e^(+…) gives the places.
  const X = Array.from({ length: h + 1 }, (_, f): Complex => {
    const part = (c: number) => {
      const value = coefficients.get(c)
      return value ? name(vmul(value, (f === 0 || f === h ? 1 : 0.5) * n * scaleOf(c, n))) : lane(0)
    }
    return { re: part(f), im: f === 0 || f === h ? lane(0) : part(h + f) }
  })
  const z = Array.from({ length: h }, (_, f) => {
    const [a, b] = [X[f], X[h - f]] // X(f + n/2) is the conjugate of X(n/2 − f)
    const even = { re: name(vmul(vadd(a.re, b.re), 0.5)), im: name(vmul(vsub(a.im, b.im), 0.5)) }
    const half = { re: name(vmul(vsub(a.re, b.re), 0.5)), im: name(vmul(vadd(a.im, b.im), 0.5)) }
    const odd = times(half, Math.cos((2 * Math.PI * f) / n), Math.sin((2 * Math.PI * f) / n), name)
    return { re: name(vsub(even.re, odd.im)), im: name(vadd(even.im, odd.re)) }
  })
  return transform(z, 1, name).flatMap(({ re, im }) => [vmul(re, 1 / h), vmul(im, 1 / h)])
}
