// Copies of a parameter along a first axis, of which step t of a scan uses number t mod R: how
// parameter-sharing relaxation [KS16, §3] looks in a loop that is never unrolled. The index is an integer
// that all lanes share, so it costs one addition.

import { type Shape, show, sizeAt } from "../core/shape.ts"
import { context, type I, iadd, idiv, imul, int, isub, vadd } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"

/** How many copies a kernel [KL, KW, Cin, Cout] or [R, KL, KW, Cin, Cout] has. */
export const copiesOf = (shape: Shape): number => (shape.length === 5 ? (shape[0] as number) : 1)

/** Where the step's copy begins, in elements; nothing is computed where there is one only. */
export function copyOffset(shape: Shape): I {
  const copies = copiesOf(shape)
  if (copies === 1) return int(0)
  const size = (shape.slice(1) as number[]).reduce((n, d) => n * d, 1)
  return imul(turn(copies), size)
}

/** step mod copies. */
const turn = (copies: number): I => isub(context("step"), imul(idiv(context("step"), copies), copies))

/** A shared tensor [R, C] → its row number step mod R, [1, 1, C]: a bias of the step's copy. */
export const selectCopyOp: KernelOp<Record<never, never>> = {
  name: "copy",
  cheap: true,
  shape([x]) {
    if (x.shape.length !== 2) throw new Error(`copy: expected a tensor [R, C], got ${show(x.shape)}`)
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

/** The gradient of `copy`: the step's row gets it, [1, 1, C] → [R, C]. */
export const copyGradientOp: KernelOp<{ readonly shape: Shape }> = {
  name: "copyGradient",
  shape: (_, { shape }) => shape,
  gradient() {
    throw new Error("copyGradient: second derivatives are not built")
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
