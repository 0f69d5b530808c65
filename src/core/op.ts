// What an op is, and what a node of a graph is. A node is one tensor of ONE example ("lane") or one that all examples share.

import type { KernelBuilder } from "../kernel/language.ts"
import type { Graph } from "./graph.ts"
import type { Shape } from "./shape.ts"

export interface Node<A = any> {
  /** Position in the order of creation, which is a topological order. */
  readonly id: number
  readonly op: Op<A>
  readonly inputs: readonly Node[]
  readonly shape: Shape
  /** "shared": one tensor for all examples (parameters, settings). "lane": one per example. */
  readonly kind: "lane" | "shared"
  readonly attributes: A
}

/** How one materialised node is written as a kernel: the buffers come in this order: inputs, then the output. */
export interface KernelNode<A = any> {
  readonly attributes: A
  readonly inputs: readonly { readonly shape: Shape; readonly lane: boolean }[]
  readonly shape: Shape
  /** Add to what the output holds (gradients of shared tensors). */
  readonly accumulate: boolean
  /** The inputs hold all T steps of a scan, one after the other (see `acrossSteps`). */
  readonly stacked?: boolean
}

/** Values of one example, float64. */
export interface ReferenceContext {
  readonly length: number
  readonly step: number
  /** Uniform in [0, 1) for (stream, element). */
  random(stream: number, element: number): number
}

export interface Op<A = any> {
  readonly name: string
  /** Throws a sentence when the inputs do not fit. */
  shape(inputs: readonly Node[], attributes: A): Shape
  /** The node's contribution to the gradient of each input (undefined: none), given the gradient of its output. */
  gradient(g: Graph, node: Node<A>, adjoint: Node): readonly (Node | undefined)[]
  /** Slow, obvious, float64; one example. */
  reference(node: Node<A>, inputs: readonly Float64Array[], context: ReferenceContext): Float64Array
  /** The loop nest; absent for nodes that are not computed (inputs, carries) or that the planner fuses (maps). */
  kernel?(k: KernelBuilder, node: KernelNode<A>): void
  /** Cheap enough to be computed again in the backward pass instead of stored for every step. */
  readonly cheap?: boolean
  /** For an op that reads the scan's step: the same where the step is a lane tensor [1], as when one step is run by itself (core/cut.ts). */
  readonly atStep?: (g: Graph, inputs: readonly Node[], step: Node) => Node
  /**
   * Whether, as a contribution to a shared tensor's gradient inside a scan, it is better computed once for all steps than in each: its
   * inputs are then kept for every step, and the kernel is told that they are `stacked`.
   */
  acrossSteps?(node: Node<A>): boolean
  /** Its kernel takes stacked inputs of any shape where the target is `parallel`. */
  readonly stackable?: boolean
  /** Small graphs for the automatic gradient and backend checks; each returns a lane node to be tested. */
  readonly samples?: Readonly<Record<string, (g: Graph) => Node>>
}
