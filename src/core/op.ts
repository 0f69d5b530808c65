// The interfaces of ops and graph nodes. A node is one tensor of ONE example ("lane"), or one tensor that all
// examples share. The kernels of ops are declared in kernel/op.ts.

import type { Expr } from "./expr.ts"
import type { Shape } from "./shape.ts"

export interface Node<A = unknown> {
  /** Position in creation order, which is a topological order. */
  readonly id: number
  readonly op: Op<A>
  readonly inputs: readonly Node[]
  readonly shape: Shape
  /** "shared": one tensor for all examples (parameters, settings). "lane": one per example. */
  readonly kind: "lane" | "shared"
  readonly attributes: A
}

/** Whether a node has this op, which also gives the type of its attributes. */
export const isOf = <A>(node: Node, op: Op<A>): node is Node<A> => node.op === op

/** The part of a graph that ops may use: adding nodes. */
export interface Builder {
  create<A>(op: Op<A>, inputs: readonly Node[], attributes: NoInfer<A>): Node<A>
  /** Evaluates an expression of the operands at every element: `g.map([a, b], (a, b) => add(a, b))`. */
  map(inputs: readonly Node[], expr: (...operands: Expr[]) => Expr, shape?: Shape): Node
  mapExpr(inputs: readonly Node[], expr: Expr, shape?: Shape): Node
}

/** What a reference implementation knows about its one example. */
export interface ReferenceContext {
  readonly length: number
  readonly step: number
  /** Uniform in [0, 1), a function of (stream, element). */
  random(stream: number, element: number): number
}

export interface Op<A = unknown> {
  readonly name: string
  /** The output shape. Throws an error with a full sentence if the inputs do not fit. */
  shape(inputs: readonly Node[], attributes: A): Shape
  /** The contributions to the gradients of the inputs, given the gradient of the output; undefined: none. */
  gradient(g: Builder, node: Node<A>, adjoint: Node): readonly (Node | undefined)[]
  /** The plain float64 implementation for one example, which tests compare kernels with. */
  reference(node: Node<A>, inputs: readonly Float64Array[], context: ReferenceContext): Float64Array
  /** The backward pass recomputes it instead of saving it at every step. */
  readonly cheap?: boolean
  /**
   * For an op that reads the scan's step: the same op with the step as a lane tensor [1]. A trace uses it to
   * run one step outside of the scan (plan/extract-scan.ts).
   */
  readonly atStep?: (g: Builder, inputs: readonly Node[], step: Node) => Node
  /**
   * For an op that can add a summand at no cost: the node with the summand, or undefined if it already has
   * one.
   */
  plus?(g: Builder, node: Node<A>, summand: Node): Node | undefined
}
