// The kernels that a plan calls. Each has a key; calls with the same key share one kernel.

import { type Expr, input, inputsOf, operands, rewrite } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { lookup } from "../core/lookup.ts"
import type { Node } from "../core/op.ts"
import { mapKernel, type Operand, sumKernel } from "../kernel/elementwise.ts"
import { hasKernel } from "../kernel/op.ts"
import type { Fuser } from "./fusion.ts"
import type { Buffer, Instruction, KernelSpec, Place } from "./plan.ts"

/** The kernel of a node that is neither a map nor a sum. */
export function opKernel(node: Node, buffers: readonly Buffer[], accumulate: boolean, stacked: boolean): KernelSpec {
  const { op, attributes, shape } = node
  const inputs = node.inputs.map((n, i) => ({ shape: n.shape, lane: buffers[i].lane }))
  return {
    key: JSON.stringify([op.name, attributes, inputs.map((x) => [x.shape, x.lane]), shape, accumulate, stacked]),
    write(k) {
      // Checked only here, because the reference backend needs no kernels.
      if (!hasKernel(op)) throw new Error(`plan: the op ${op.name} has no kernel`)
      op.kernel(k, { attributes, inputs, shape, accumulate, stacked })
    },
  }
}

/**
 * A text that identifies a kernel. Expressions are written with numbered subexpressions, so that sharing is
 * visible.
 */
function keyOf(head: unknown, expressions: readonly Expr[]): string {
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

type PlaceOf = (node: Node) => Place

/** One kernel call for several maps of one shape. */
export function mapCall(g: Graph, nodes: readonly Node[], fused: Fuser, placeOf: PlaceOf): Instruction {
  const expressions = nodes.map((n) => fused(n, "root"))
  const { reads, renumbered, inputs } = operandsOf(g, expressions, placeOf)
  const { shape } = nodes[0]
  return {
    k: "call",
    kernel: {
      key: keyOf(["map", shape, inputs], renumbered),
      write: (k) => mapKernel(k, shape, inputs, renumbered),
    },
    places: [...reads, ...nodes].map(placeOf),
  }
}

export function sumCall(g: Graph, node: Node, accumulate: boolean, fused: Fuser, placeOf: PlaceOf): Instruction {
  const from = node.inputs[0].shape
  const { reads, renumbered, inputs } = operandsOf(g, [fused(node.inputs[0], "operand")], placeOf)
  return {
    k: "call",
    kernel: {
      key: keyOf(["sum", from, node.shape, inputs, accumulate], renumbered),
      write: (k) => sumKernel(k, from, node.shape, inputs, renumbered[0], accumulate),
    },
    places: [...reads, node].map(placeOf),
  }
}

/** The nodes that the expressions read, and the expressions over operands numbered from 0. */
function operandsOf(g: Graph, expressions: readonly Expr[], placeOf: PlaceOf) {
  const ids = new Set<number>()
  for (const e of expressions) inputsOf(e, ids)
  const reads = [...ids].map((id) => g.nodes[id])
  const number = new Map([...ids].map((id, i) => [id, input(i)]))
  const memo = new Map<Expr, Expr>()
  const renumbered = expressions.map((e) => rewrite(e, (x) => (x.op === "input" ? lookup(number, x.index) : x), memo))
  const inputs: Operand[] = reads.map((n) => ({ shape: n.shape, lane: placeOf(n).buffer.lane }))
  return { reads, renumbered, inputs }
}

/** Copies a node from one place to another. */
export function copyCall({ shape }: Node, from: Place, to: Place): Instruction {
  const inputs: Operand[] = [{ shape, lane: from.buffer.lane }]
  const same = [input(0)]
  return {
    k: "call",
    kernel: { key: keyOf(["map", shape, inputs], same), write: (k) => mapKernel(k, shape, inputs, same) },
    places: [from, to],
  }
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
