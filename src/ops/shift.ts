// Shifts channels along the length: the first third by one place towards the end, the second third towards
// the beginning; the rest stays. Zeros enter at the ends. These are the diagonal gates of [DNGPU]. `by` = -1
// shifts the other way, which is the gradient. `all` shifts every channel like the first third, as when a
// stack is pushed or popped.

import { dimsAt, show, sizeAt } from "../core/shape.ts"
import { type I, iadd, imul, int, isub } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"

/** The offset along the length, in places, from which a channel reads. */
export const shiftOf = (channel: number, channels: number, by: number): number => {
  const third = Math.floor(channels / 3)
  return channel < third ? -by : channel < 2 * third ? by : 0
}

interface ShiftAttributes {
  readonly by: 1 | -1
  readonly all?: boolean
}

export const shiftOp: KernelOp<ShiftAttributes> = {
  name: "shift",
  cheap: true,
  shape([x]) {
    if (x.shape.length !== 3) throw new Error(`shift: expected an image [L, W, C], got ${show(x.shape)}`)
    return x.shape
  },
  gradient: (g, { attributes }, adjoint) => [
    g.create(shiftOp, [adjoint], { ...attributes, by: attributes.by === 1 ? -1 : 1 }),
  ],
  reference(node, [x], { length }) {
    const [L, W, C] = dimsAt(node.shape, length)
    const y = new Float64Array(sizeAt(node.shape, length))
    const { by, all } = node.attributes
    for (let l = 0; l < L; l++)
      for (let v = 0; v < W; v++)
        for (let c = 0; c < C; c++) {
          const from = l + (all ? -by : shiftOf(c, C, by))
          if (from >= 0 && from < L) y[(l * W + v) * C + c] = x[(from * W + v) * C + c]
        }
    return y
  },
  kernel(k, { shape, attributes }) {
    const [, W, C] = shape as [unknown, number, number]
    const third = Math.floor(C / 3)
    const L: I = shape[0] === "L" ? { k: "context", field: "L" } : int(shape[0] as number)
    const [x, y] = [k.buffer("x"), k.buffer("y")]
    const copy = (l: I, first: number, count: number, offset: number) =>
      k.loop(0, W, (v) =>
        k.loop(0, count, (c) => {
          const at = k.intLet(iadd(imul(iadd(imul(l, W), v), C), iadd(c, first)))
          k.lanes(() => k.store(k.pointer(y, at), k.load(k.pointer(x, iadd(at, offset * W * C)))))
        }),
      )
    const zero = (l: I, first: number, count: number) =>
      k.loop(0, W, (v) =>
        k.loop(0, count, (c) => {
          const at = k.intLet(iadd(imul(iadd(imul(l, W), v), C), iadd(c, first)))
          k.lanes(() => k.store(k.pointer(y, at), 0))
        }),
      )
    const groups: [number, number][] = attributes.all
      ? [[0, C]]
      : [
          [0, third],
          [third, third],
          [2 * third, C - 2 * third],
        ]
    for (const [first, count] of groups) {
      if (count === 0) continue
      const offset = attributes.all ? -attributes.by : shiftOf(first, C, attributes.by)
      k.loop(offset < 0 ? 1 : 0, offset > 0 ? isub(L, 1) : L, (l) => copy(l, first, count, offset))
      if (offset < 0) zero(int(0), first, count)
      if (offset > 0) zero(k.intLet(isub(L, 1)), first, count)
    }
  },
}
