// Fusion of maps: which maps are computed inline by their reader, and the fused expression.

import { constant, coordinate, type Expr, input, inputsOf, operands, rewrite } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { mapOp, sumOp } from "../core/map.ts"
import { isOf, type Node } from "../core/op.ts"
import { type Shape, sameShape, show } from "../core/shape.ts"
import { dependenciesOf } from "./dependencies.ts"

/** Whether an expression draws random numbers, which belong to the elements of its own tensor. */
const usesRandom = (e: Expr): boolean => e.op === "random" || operands(e).some(usesRandom)

/**
 * Whether a map, with the maps of its shape that fuse into it, costs more than a few additions and products.
 */
function isDear(node: Node): boolean {
  if (!isOf(node, mapOp)) return false
  const dear = (e: Expr): boolean => DEAR.has(e.op) || operands(e).some(dear)
  return dear(node.attributes.expr) || node.inputs.some((n) => sameShape(n.shape, node.shape) && isDear(n))
}
const DEAR = new Set<Expr["op"]>(["exp", "log", "tanh", "sigmoid", "sqrt", "div", "random"])

/**
 * Whether a map needs a buffer even if only the map `by` reads it. Fused into another shape it would draw
 * other random numbers, or repeat expensive work for every element that it is broadcast to.
 */
export const staysApart = (node: Node, by: Node): boolean =>
  !sameShape(node.shape, by.shape) && isOf(node, mapOp) && (usesRandom(node.attributes.expr) || isDear(node))

/**
 * Returns a node as an expression over node numbers. "root" gives the expression that computes it; "operand"
 * gives the one that a reader uses.
 */
export type Fuser = (node: Node, as: "root" | "operand") => Expr

/** Fuses into each map all maps that it reads, except those placed in buffers. */
export function fuser(isPlaced: (node: Node) => boolean): Fuser {
  const memo = new Map<string, Expr>()
  const inline = (node: Node, to: Shape): Expr => {
    if (!isOf(node, mapOp)) return input(node.id)
    const key = `${node.id} ${show(to)}`
    const done = memo.get(key)
    if (done) return done
    const pad = to.length - node.shape.length
    const out = rewrite(node.attributes.expr, (leaf) => {
      if (leaf.op === "coordinate") return node.shape[leaf.axis] === 1 ? constant(0) : coordinate(leaf.axis + pad)
      if (leaf.op !== "input") return leaf
      const operand = node.inputs[leaf.index]
      return isPlaced(operand) ? input(operand.id) : inline(operand, to)
    })
    memo.set(key, out)
    return out
  }
  return (node, as) => (as === "operand" && isPlaced(node) ? input(node.id) : inline(node, node.shape))
}

/** The placed nodes that the computation of this node reads. */
export function readsOf(g: Graph, node: Node, fused: Fuser): Node[] {
  if (node.op === mapOp) return nodesOf(g, fused(node, "root"))
  if (node.op === sumOp) return nodesOf(g, fused(node.inputs[0], "operand"))
  return [...dependenciesOf(node)]
}

const nodesOf = (g: Graph, e: Expr): Node[] => [...inputsOf(e)].map((id) => g.nodes[id])
