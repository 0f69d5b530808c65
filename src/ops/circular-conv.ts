// Circular convolution of a column [N, 1, 1] with a distribution over shifts [1, 1, K], where K is odd and
// the shifts are -(K-1)/2 … (K-1)/2: y(i) = Σₖ x(i − shift(k)) · s(k), places modulo N [NTM eq. 8]. `back`
// shifts the other way; it is the gradient.

import { show } from "../core/shape.ts"
import { fma, type I, iadd, idiv, imul, isub, type KernelBuilder } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"

interface CircularAttributes {
  readonly back: boolean
}

/** (i − by) modulo N, for |by| ≤ N. */
const wrapped = (k: KernelBuilder, i: I, by: number, N: number): I => {
  const from = k.intLet(iadd(i, N - by))
  return k.intLet(isub(from, imul(idiv(from, N), N)))
}

export const circularConvOp: KernelOp<CircularAttributes> = {
  name: "circular",
  shape([x, s]) {
    const [N, K] = [x.shape[0], s.shape[2]] as number[]
    if (x.shape.length !== 3 || show(x.shape.slice(1)) !== "[1, 1]" || show(s.shape) !== show([1, 1, K]))
      throw new Error(
        `circularConv: expected a column [N, 1, 1] and shifts [1, 1, K], got ${show(x.shape)}, ${show(s.shape)}`,
      )
    if (K % 2 === 0 || K > N)
      throw new Error(`circularConv: got ${K} shifts for ${N} places, expected an odd number, at most ${N}`)
    return x.shape
  },
  gradient: (g, { inputs: [x, s], attributes: { back } }, adjoint) => [
    g.create(circularConvOp, [adjoint, s], { back: !back }),
    g.create(shiftGradientOp, back ? [adjoint, x] : [x, adjoint], { shifts: s.shape[2] as number }),
  ],
  reference({ attributes: { back } }, [x, s]) {
    const [N, half] = [x.length, (s.length - 1) / 2]
    return Float64Array.from(x, (_, i) => {
      let sum = 0
      for (let k = 0; k < s.length; k++) sum += x[(i + (back ? k - half : half - k) + N) % N] * s[k]
      return sum
    })
  },
  kernel(k, { attributes: { back }, inputs }) {
    const [N, K] = [inputs[0].shape[0], inputs[1].shape[2]] as number[]
    const [x, s, y] = [k.buffer("x"), k.buffer("s"), k.buffer("y")]
    k.loop(0, N, (i) => {
      const places = Array.from({ length: K }, (_, n) => wrapped(k, i, back ? (K - 1) / 2 - n : n - (K - 1) / 2, N))
      k.lanes(() => {
        const share = k.pointer(s, 0)
        const sum = k.let(0)
        for (const [n, place] of places.entries()) k.set(sum, fma(k.load(k.pointer(x, place)), k.load(share, n), sum))
        k.store(k.pointer(y, i), sum)
      })
    })
  },
}

/**
 * The gradient of the shifts, ds(k) = Σᵢ x(i − shift(k)) · dy(i). Inputs: x and the gradient of y, [N, 1, 1].
 */
export const shiftGradientOp: KernelOp<{ readonly shifts: number }> = {
  name: "shiftGradient",
  shape: (_, { shifts }) => [1, 1, shifts],
  gradient() {
    throw new Error("shiftGradient: second derivatives are not supported")
  },
  reference({ attributes: { shifts } }, [x, dy]) {
    const N = x.length
    return Float64Array.from({ length: shifts }, (_, k) =>
      dy.reduce((sum, d, i) => sum + d * x[(i - k + (shifts - 1) / 2 + N) % N], 0),
    )
  },
  kernel(k, { attributes: { shifts }, inputs }) {
    const N = inputs[0].shape[0] as number
    const [x, dy, ds] = [k.buffer("x"), k.buffer("dy"), k.buffer("ds")]
    for (let n = 0; n < shifts; n++)
      k.lanes(() => {
        const sum = k.let(0)
        k.loop(0, N, (i) => {
          const place = wrapped(k, i, n - (shifts - 1) / 2, N)
          k.set(sum, fma(k.load(k.pointer(x, place)), k.load(k.pointer(dy, i)), sum))
        })
        k.store(k.pointer(ds, 0), sum, n)
      })
  },
}
