// An op with its kernel: what a backend runs instead of the reference.

import type { Node, Op } from "../core/op.ts"
import type { Shape } from "../core/shape.ts"
import type { KernelBuilder } from "./language.ts"

/**
 * How one materialised node is written as a kernel: the buffers come in this order: inputs, then the output.
 */
export interface KernelNode<A = unknown> {
  readonly attributes: A
  readonly inputs: readonly { readonly shape: Shape; readonly lane: boolean }[]
  readonly shape: Shape
  /** Add to what the output holds (gradients of shared tensors). */
  readonly accumulate: boolean
  /** The inputs hold all T steps of a scan, one after the other (see `acrossSteps`). */
  readonly stacked: boolean
}

export interface KernelOp<A = unknown> extends Op<A> {
  /** The loop nest. */
  kernel(k: KernelBuilder, node: KernelNode<A>): void
  /**
   * Whether, as a contribution to a shared tensor's gradient inside a scan, it is better computed once for
   * all steps than in each: its inputs are then kept for every step, and the kernel is told that they are
   * `stacked`.
   */
  acrossSteps?(node: Node<A>): boolean
  /** Its kernel takes stacked inputs of any shape where the target is `parallel`. */
  readonly stackable?: boolean
}

/**
 * Every op has a kernel but those of core: inputs, carries and scans are not computed, maps and sums are
 * fused by the planner.
 */
export const hasKernel = (op: Op): op is KernelOp => "kernel" in op
