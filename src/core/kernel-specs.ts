// The kernels that a plan calls, each with a key: two calls with one key run the same kernel.

import { type Expr, operands } from "./expr.ts"
import type { Node } from "./op.ts"
import type { Buffer, KernelSpec } from "./plan.ts"

/** The kernel of a node that is neither map nor sum. */
export function opKernel(node: Node, buffers: readonly Buffer[], accumulate: boolean, stacked: boolean): KernelSpec {
  const { op, attributes, shape } = node
  const inputs = node.inputs.map((n, i) => ({ shape: n.shape, lane: buffers[i].lane }))
  return {
    key: JSON.stringify([op.name, attributes, inputs.map((x) => [x.shape, x.lane]), shape, accumulate, stacked]),
    write: (k) => op.kernel?.(k, { attributes, inputs, shape, accumulate, stacked }),
  }
}

/** A text that two kernels share only if they are the same: expressions are written with their shared parts numbered. */
export function keyOf(head: unknown, expressions: readonly Expr[]): string {
  const ids = new Map<Expr, number>()
  const lines: string[] = []
  const visit = (e: Expr): number => {
    const known = ids.get(e)
    if (known !== undefined) return known
    const { a: _a, b: _b, c: _c, ...own } = e as Expr & { a?: Expr; b?: Expr; c?: Expr }
    const line = JSON.stringify([own, operands(e).map(visit)])
    const id = lines.push(line) - 1
    ids.set(e, id)
    return id
  }
  const roots = expressions.map(visit)
  return JSON.stringify([head, lines, roots])
}

export const zeroSpec = (size: number): KernelSpec => ({
  key: `zero ${size}`,
  write(k) {
    const to = k.buffer("to")
    k.loop(0, size, (i) => k.lanes(() => k.store(k.pointer(to, i), 0)))
  },
})
export const sumLanesSpec = (size: number): KernelSpec => ({
  key: `sum lanes ${size}`,
  write(k) {
    const from = k.buffer("from")
    const to = k.buffer("to", false)
    k.loop(0, size, (i) => k.sumLanes(to, from, i))
  },
})
