// What an op is, and what a node of a graph is. A node is one tensor of ONE example ("lane") or one that all
// examples share. How an op is computed fast is not said here: kernel/op.ts.

import type { Expr } from "./expr.ts"
import type { Shape } from "./shape.ts"

export interface Node<A = unknown> {
  /** Position in the order of creation, which is a topological order. */
  readonly id: number
  readonly op: Op<A>
  readonly inputs: readonly Node[]
  readonly shape: Shape
  /** "shared": one tensor for all examples (parameters, settings). "lane": one per example. */
  readonly kind: "lane" | "shared"
  readonly attributes: A
}

/** Whether a node is of this op. Only `Graph` makes nodes, so its attributes are then the op's. */
export const isOf = <A>(node: Node, op: Op<A>): node is Node<A> => node.op === op

/** What an op may do to a graph: add nodes to it. */
export interface Builder {
  create<A>(op: Op<A>, inputs: readonly Node[], attributes: NoInfer<A>): Node<A>
  /** An expression of the operands at every element: `g.map([a, b], (a, b) => add(a, b))`. */
  map(inputs: readonly Node[], expr: (...operands: Expr[]) => Expr, shape?: Shape): Node
  mapExpr(inputs: readonly Node[], expr: Expr, shape?: Shape): Node
}

/** Values of one example, float64. */
export interface ReferenceContext {
  readonly length: number
  readonly step: number
  /** Uniform in [0, 1) for (stream, element). */
  random(stream: number, element: number): number
}

export interface Op<A = unknown> {
  readonly name: string
  /** Throws a sentence when the inputs do not fit. */
  shape(inputs: readonly Node[], attributes: A): Shape
  /**
   * The node's contribution to the gradient of each input (undefined: none), given the gradient of its
   * output.
   */
  gradient(g: Builder, node: Node<A>, adjoint: Node): readonly (Node | undefined)[]
  /** Slow, obvious, float64; one example. */
  reference(node: Node<A>, inputs: readonly Float64Array[], context: ReferenceContext): Float64Array
  /** Cheap enough to be computed again in the backward pass instead of stored for every step. */
  readonly cheap?: boolean
  /**
   * For an op that reads the scan's step: the same where the step is a lane tensor [1], as when one step is
   * run by itself (plan/extract-scan.ts).
   */
  readonly atStep?: (g: Builder, inputs: readonly Node[], step: Node) => Node
  /**
   * For an op that can add to its result at no cost: the node with this summand, or undefined where it has
   * one already.
   */
  plus?(g: Builder, node: Node<A>, summand: Node): Node | undefined
}
