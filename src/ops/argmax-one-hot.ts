// The argmax over the last axis (the symbols) as one-hot; the first of equal values wins. A model that feeds
// back its last answer reads it in this form. No gradient passes through it.

import { ifEqual, vmax, vsub } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"
import { rows } from "./log-softmax.ts"

export const argmaxOneHotOp: KernelOp<Record<never, never>> = {
  name: "largest",
  shape: ([x]) => x.shape,
  gradient: () => [undefined],
  reference(node, [x]) {
    const C = node.shape.at(-1) as number
    const y = new Float64Array(x.length)
    for (let i = 0; i < x.length; i += C) {
      const row = x.subarray(i, i + C)
      y[i + row.indexOf(row.reduce((a, b) => Math.max(a, b)))] = 1
    }
    return y
  },
  kernel(k, { shape }) {
    const [x, y] = [k.buffer("x"), k.buffer("y")]
    rows(k, shape, (at, C) => {
      const [from, to] = [k.pointer(x, at), k.pointer(y, at)]
      const row = k.loadEach(from, C)
      const top = k.let(row.reduce((a, b) => vmax(a, b)))
      const free = k.let(1)
      for (const [c, value] of row.entries()) {
        const chosen = k.let(ifEqual(value, top, free, 0))
        k.store(to, chosen, c)
        k.set(free, vsub(free, chosen))
      }
    })
  },
}
