// What the planner asks of a map before it fuses it into another one.

import { type Expr, operands } from "./expr.ts"
import { mapOp } from "./map.ts"
import type { Node } from "./op.ts"
import { sameShape } from "./shape.ts"

/** A random number belongs to an element of its own tensor. */
export const usesRandom = (e: Expr): boolean => e.op === "random" || operands(e).some(usesRandom)

/** Whether computing a map, and the maps of its shape that are fused into it, takes more than a few additions and products. */
export function isDear(node: Node): boolean {
  if (node.op !== mapOp) return false
  const dear = (e: Expr): boolean => DEAR.has(e.op) || operands(e).some(dear)
  return dear(node.attributes.expr) || node.inputs.some((n) => sameShape(n.shape, node.shape) && isDear(n))
}
const DEAR = new Set<Expr["op"]>(["exp", "log", "tanh", "sigmoid", "sqrt", "div", "random"])
