// Softmax over the places of a column [L, 1, 1] whose mask [L, 1, 1] is above 0. All other places get 0, even
// if none is left. The largest score is subtracted first, so that no exponential overflows.

import { mul, sub } from "../core/expr.ts"
import { sum } from "../core/map.ts"
import { type Shape, sameShape, show } from "../core/shape.ts"
import { context, type I, ifLess, int, vadd, vdiv, vmax, vmul, vsub } from "../kernel/language.ts"
import { exp } from "../kernel/math.ts"
import type { KernelOp } from "../kernel/op.ts"

/** Less than any score. */
const LOWEST = -3e38

export const maskedSoftmaxOp: KernelOp<Record<never, never>> = {
  name: "placeSoftmax",
  shape([x, mask]) {
    if (x.shape.length !== 3 || show(x.shape.slice(1)) !== "[1, 1]" || !sameShape(x.shape, mask.shape))
      throw new Error(`maskedSoftmax: expected two columns [L, 1, 1], got ${show(x.shape)} and ${show(mask.shape)}`)
    return x.shape
  },
  // dx = y · (dy − Σ y·dy)
  gradient: (g, node, adjoint) => {
    const total = sum(g, g.map([node, adjoint], mul), [1, 1, 1])
    return [g.map([node, adjoint, total], (y, dy, all) => mul(y, sub(dy, all))), undefined]
  },
  reference(_, [x, mask]) {
    const top = x.reduce((most, v, i) => (mask[i] > 0 && v > most ? v : most), LOWEST)
    const large = x.map((v, i) => (mask[i] > 0 ? Math.exp(v - top) : 0))
    const total = Math.max(
      1,
      large.reduce((a, b) => a + b, 0),
    )
    return large.map((v) => v / total)
  },
  kernel(k, { shape }) {
    const [x, mask, y] = [k.buffer("x"), k.buffer("mask"), k.buffer("y")]
    const places = placesOf(shape)
    k.lanes(() => {
      const at = (buffer: number, i: I) => k.load(k.pointer(buffer, i))
      const top = k.let(LOWEST)
      k.loop(0, places, (i) => k.set(top, ifLess(0, at(mask, i), vmax(top, at(x, i)), top)))
      const total = k.let(0)
      k.loop(0, places, (i) => {
        const large = k.let(ifLess(0, at(mask, i), exp(k, vsub(at(x, i), top)), 0))
        k.set(total, vadd(total, large))
        k.store(k.pointer(y, i), large)
      })
      // The exponential of the largest score is 1, so a smaller total means that the mask is empty.
      const share = k.let(vdiv(1, vmax(total, 1)))
      k.loop(0, places, (i) => k.store(k.pointer(y, i), vmul(at(y, i), share)))
    })
  },
}

const placesOf = ([L]: Shape): I => (L === "L" ? context("L") : int(L as number))
