// Softmax over the places of a column [L, 1, 1], of those whose mask [L, 1, 1] is above 0; the others get 0, and so do all of an example without any.
// The largest score is taken off first, so that no exponential overflows.

import { add, constant, type Expr, less, mul, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import { scaled } from "../core/map-samples.ts"
import type { Op } from "../core/op.ts"
import { type Shape, sameShape, show } from "../core/shape.ts"
import { context, type I, ifLess, int, vadd, vdiv, vmax, vmul, vsub } from "../kernel/language.ts"
import { exp } from "../kernel/math.ts"

/** Below every score. */
const LOWEST = -3e38

export const placeSoftmaxOp: Op<Record<never, never>> = {
  name: "placeSoftmax",
  shape([x, mask]) {
    if (x.shape.length !== 3 || show(x.shape.slice(1)) !== "[1, 1]" || !sameShape(x.shape, mask.shape))
      throw new Error(`placeSoftmax: expected two columns [L, 1, 1], got ${show(x.shape)} and ${show(mask.shape)}`)
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
      // the largest one's exponential is 1: a smaller total is that of an example without places
      const share = k.let(vdiv(1, vmax(total, 1)))
      k.loop(0, places, (i) => k.store(k.pointer(y, i), vmul(at(y, i), share)))
    })
  },
  samples: {
    "places left out": (g) =>
      g.create(placeSoftmaxOp, [scores(g, ["L", 1, 1], 0), some(g, ["L", 1, 1], (x) => less(-0.3, x))], {}),
    "scores whose exponentials overflow": (g) =>
      g.create(placeSoftmaxOp, [scores(g, [5, 1, 1], 96), some(g, [5, 1, 1], () => constant(1))], {}),
    "no place at all": (g) =>
      g.create(placeSoftmaxOp, [scores(g, [3, 1, 1], 0), some(g, [3, 1, 1], () => constant(0))], {}),
  },
}

const scores = (g: Graph, shape: Shape, most: number) => g.map([scaled(g, shape)], (x) => add(mul(x, 2), most))
const some = (g: Graph, shape: Shape, mask: (x: Expr) => Expr) => g.map([g.lane("mask", shape)], mask)
const placesOf = ([L]: Shape): I => (L === "L" ? context("L") : int(L as number))
