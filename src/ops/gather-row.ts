// Row `step` of a tensor [L, W, C] as [1, W, C]; zeros beyond the end. Recurrent models read their input with
// it, one place per scan step, at a cost that does not depend on the length.

import { coordinate, equal, select, step } from "../core/expr.ts"
import { sum } from "../core/map.ts"
import { type Dim, dimsAt, show, sizeAt } from "../core/shape.ts"
import { context, iadd, imul, int } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"

export const gatherRowOp: KernelOp<Record<never, never>> = {
  name: "row",
  cheap: true,
  shape([x]) {
    if (x.shape.length !== 3) throw new Error(`gatherRow: expected a tensor [L, W, C], got ${show(x.shape)}`)
    return [1, ...x.shape.slice(1)]
  },
  gradient: (g, { inputs: [x] }, adjoint) => [
    g.map([adjoint], (a) => select(equal(coordinate(0), step), a, 0), x.shape as Dim[]),
  ],
  atStep: (g, [x], n) =>
    sum(
      g,
      g.map([x, n], (value, now) => select(equal(coordinate(0), now), value, 0)),
      [1, ...x.shape.slice(1)],
    ),
  reference(node, [x], { length, step }) {
    const size = sizeAt(node.shape, length)
    const [L] = dimsAt(node.inputs[0].shape, length)
    return step < L ? x.slice(step * size, (step + 1) * size) : new Float64Array(size)
  },
  kernel(k, { inputs, shape }) {
    const size = shape.reduce<number>((n, d) => n * (d as number), 1)
    const [rows] = inputs[0].shape
    const [x, y] = [k.buffer("x"), k.buffer("y")]
    k.loop(0, size, (i) =>
      k.lanes(() => {
        const value = k.let(0)
        k.when(context("step"), rows === "L" ? context("L") : int(rows as number), () =>
          k.set(value, k.load(k.pointer(x, iadd(imul(context("step"), size), i)))),
        )
        k.store(k.pointer(y, i), value)
      }),
    )
  },
}
