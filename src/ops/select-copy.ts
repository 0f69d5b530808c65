// Selects among the copies of a parameter along the first axis: step t of a scan uses copy t mod R. It
// implements parameter-sharing relaxation [KS16 §3] in a loop that is never unrolled. All lanes share the
// index, so it costs one addition.

import { type Shape, show, sizeAt } from "../core/shape.ts"
import { context, type I, iadd, idiv, imul, int, isub, vadd } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"

/** Number of copies in a kernel: R for [R, KL, KW, Cin, Cout], 1 for [KL, KW, Cin, Cout]. */
export const copiesOf = (shape: Shape): number => (shape.length === 5 ? (shape[0] as number) : 1)

/** Offset of the step's copy, in elements; a constant 0 if there is only one. */
export function copyOffset(shape: Shape): I {
  const copies = copiesOf(shape)
  if (copies === 1) return int(0)
  const size = (shape.slice(1) as number[]).reduce((n, d) => n * d, 1)
  return imul(turn(copies), size)
}

/** step mod copies. */
const turn = (copies: number): I => isub(context("step"), imul(idiv(context("step"), copies), copies))

/** Row (step mod R) of a shared tensor [R, C], as [1, 1, C]: the bias of the step's copy. */
export const selectCopyOp: KernelOp<Record<never, never>> = {
  name: "copy",
  cheap: true,
  shape([x]) {
    if (x.shape.length !== 2) throw new Error(`selectCopy: expected a tensor [R, C], got ${show(x.shape)}`)
    return [1, 1, x.shape[1]]
  },
  gradient: (g, { inputs: [x] }, adjoint) => [g.create(copyGradientOp, [adjoint], { shape: x.shape })],
  reference(node, [x], { step }) {
    const [copies, C] = node.inputs[0].shape as number[]
    return x.slice((step % copies) * C, ((step % copies) + 1) * C)
  },
  kernel(k, { inputs }) {
    const [copies, C] = inputs[0].shape as number[]
    const [x, y] = [k.buffer("x", inputs[0].lane), k.buffer("y")]
    const from = imul(turn(copies), C)
    k.loop(0, C, (i) => k.lanes(() => k.store(k.pointer(y, i), k.load(k.pointer(x, iadd(from, i))))))
  },
}

/** The gradient of `selectCopyOp`: adds [1, 1, C] to the step's row of [R, C]. */
export const copyGradientOp: KernelOp<{ readonly shape: Shape }> = {
  name: "copyGradient",
  shape: (_, { shape }) => shape,
  gradient() {
    throw new Error("copyGradient: second derivatives are not supported")
  },
  reference(node, [dy], { length, step }) {
    const out = new Float64Array(sizeAt(node.shape, length))
    const [copies, C] = node.shape as number[]
    out.set(dy, (step % copies) * C)
    return out
  },
  kernel(k, { shape, accumulate }) {
    const [copies, C] = shape as number[]
    const [dy, db] = [k.buffer("dy"), k.buffer("db")]
    if (!accumulate) k.loop(0, copies * C, (i) => k.lanes(() => k.store(k.pointer(db, i), 0)))
    k.barrier()
    const from = imul(turn(copies), C)
    k.loop(0, C, (i) =>
      k.lanes(() => {
        const to = k.pointer(db, iadd(from, i))
        k.store(to, vadd(k.load(to), k.load(k.pointer(dy, i))))
      }),
    )
  },
}
