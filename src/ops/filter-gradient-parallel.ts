// The filter gradient for targets that run thousands of invocations at once. Each computes one tap of a tile
// of channels of x and dy, over all positions. If both are saved for every step of a scan, it also sums over
// all steps: one large product instead of T small ones.

import {
  type FilterProduct,
  fma,
  type I,
  iadd,
  imax,
  imin,
  imul,
  int,
  isub,
  type KernelBuilder,
  lane,
} from "../kernel/language.ts"

export function parallelFilterGradient(k: KernelBuilder, g: FilterProduct): void {
  k.product(g)
  const side = k.target.registers >= 32 ? 4 : k.target.registers >= 16 ? 3 : 2
  k.loop(0, g.kl, (i) =>
    k.loop(0, g.kw, (j) =>
      tiles(k, g.A, side, (a, na) => tiles(k, g.B, 2 * side, (b, nb) => k.lanes(() => sums(k, g, i, j, a, na, b, nb)))),
    ),
  )
}

/** Splits channels into tiles of at most `most`, of equal size if a divisor of at least half of it exists. */
function tiles(k: KernelBuilder, channels: number, most: number, write: (first: I, count: number) => void): void {
  let size = Math.min(most, channels)
  for (let even = size; 2 * even > most; even--)
    if (channels % even === 0) {
      size = even
      break
    }
  const whole = Math.floor(channels / size)
  k.loop(0, whole, (t) => write(k.intLet(imul(t, size)), size))
  if (channels % size > 0) write(int(whole * size), channels % size)
}

function sums(k: KernelBuilder, g: FilterProduct, i: I, j: I, a0: I, na: number, b0: I, nb: number): void {
  const { kl, kw, A, B, W, L } = g
  const dw = k.pointer(g.dw, iadd(iadd(imul(iadd(imul(i, kw), j), A * B), iadd(imul(a0, B), b0)), g.copy))
  const pairs = Array.from({ length: na * nb }, (_, p) => ({ a: Math.floor(p / nb), b: p % nb }))
  const acc = pairs.map(({ a, b }) => k.let(g.accumulate ? k.load(dw, a * B + b) : lane(0)))
  // Positions of dy whose position in x is inside the image.
  const down = k.intLet(isub(i, kl >> 1))
  const right = k.intLet(isub(j, kw >> 1))
  const top = k.intLet(imax(0, isub(0, down)))
  const bottom = k.intLet(imin(L, isub(L, down)))
  const left = k.intLet(imax(0, isub(0, right)))
  const end = k.intLet(imin(W, isub(W, right)))
  k.loop(0, g.steps, (t) => {
    const first = k.intLet(imul(t, L))
    k.loop(top, bottom, (l) => {
      const row = k.intLet(iadd(first, l))
      k.loop(left, end, (v) => {
        const x = k.pointer(g.x, iadd(imul(iadd(imul(iadd(row, down), W), iadd(v, right)), A), a0))
        const dy = k.pointer(g.dy, iadd(imul(iadd(imul(row, W), v), B), b0))
        const gradient = k.loadEach(dy, nb)
        const values = k.loadEach(x, na)
        pairs.forEach(({ a, b }, p) => k.set(acc[p], fma(values[a], gradient[b], acc[p])))
      })
    })
  })
  pairs.forEach(({ a, b }, p) => k.store(dw, acc[p], a * B + b))
}
