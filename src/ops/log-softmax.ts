// Log-softmax over the last axis (the symbols), and its gradient.

import { type Shape, sameShape, show } from "../core/shape.ts"
import { type I, iadd, imul, int, type KernelBuilder, type V, vadd, vmax, vmul, vsub } from "../kernel/language.ts"
import { exp, log } from "../kernel/math.ts"
import type { KernelOp } from "../kernel/op.ts"

export const logSoftmaxOp: KernelOp<Record<never, never>> = {
  name: "logSoftmax",
  shape: ([x]) => x.shape,
  gradient: (g, node, adjoint) => [g.create(logSoftmaxGradientOp, [node, adjoint], {})],
  reference(node, [x]) {
    const C = node.shape.at(-1) as number
    const y = new Float64Array(x.length)
    for (let i = 0; i < x.length; i += C) {
      const row = x.subarray(i, i + C)
      const top = Math.max(...row)
      const total = Math.log(row.reduce((sum, v) => sum + Math.exp(v - top), 0))
      for (let c = 0; c < C; c++) y[i + c] = row[c] - top - total
    }
    return y
  },
  kernel(k, { shape }) {
    const [x, y] = [k.buffer("x"), k.buffer("y")]
    rows(k, shape, (at, C) => {
      const [from, to] = [k.pointer(x, at), k.pointer(y, at)]
      const row = k.loadEach(from, C)
      const top = k.let(row.reduce((a, b) => vmax(a, b)))
      const total = row.map((v) => exp(k, vsub(v, top))).reduce((a, b) => k.let(vadd(a, b)))
      const all = k.let(vadd(top, log(k, total)))
      row.forEach((v, c) => k.store(to, vsub(v, all), c))
    })
  },
}

/** dx = dy − softmax · Σ dy. Inputs: the log-softmax and its gradient. */
export const logSoftmaxGradientOp: KernelOp<Record<never, never>> = {
  name: "logSoftmaxGradient",
  shape([y, dy]) {
    if (!sameShape(y.shape, dy.shape))
      throw new Error(`logSoftmaxGradient: ${show(y.shape)} and ${show(dy.shape)} differ`)
    return y.shape
  },
  gradient() {
    throw new Error("logSoftmaxGradient: second derivatives are not supported")
  },
  reference(node, [y, dy]) {
    const C = node.shape.at(-1) as number
    const dx = new Float64Array(y.length)
    for (let i = 0; i < y.length; i += C) {
      const total = dy.subarray(i, i + C).reduce((a, b) => a + b, 0)
      for (let c = 0; c < C; c++) dx[i + c] = dy[i + c] - Math.exp(y[i + c]) * total
    }
    return dx
  },
  kernel(k, { shape }) {
    const [y, dy, dx] = [k.buffer("y"), k.buffer("dy"), k.buffer("dx")]
    rows(k, shape, (at, C) => {
      const [value, given, to] = [k.pointer(y, at), k.pointer(dy, at), k.pointer(dx, at)]
      const gradient = k.loadEach(given, C)
      const total = gradient.reduce((a, b) => k.let(vadd(a, b)))
      gradient.forEach((d, c) => k.store(to, vsub(d, vmul(exp(k, k.load(value, c)), total)), c))
    })
  },
}

/** Writes a loop over the rows of symbols, in every lane group. */
export function rows(k: KernelBuilder, shape: Shape, write: (at: I, channels: number) => V | void): void {
  const C = shape.at(-1) as number
  const dims = shape.slice(0, -1).map((d): I => (d === "L" ? { k: "context", field: "L" } : int(d as number)))
  const count = dims.reduce((a, b) => imul(a, b), int(1))
  k.loop(0, count, (i) => k.lanes(() => write(k.intLet(imul(iadd(i, 0), C)), C)))
}
