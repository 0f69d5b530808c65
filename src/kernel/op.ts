// An op with a kernel, which compiled backends run instead of the reference.

import type { Node, Op } from "../core/op.ts"
import type { Shape } from "../core/shape.ts"
import type { KernelBuilder } from "./language.ts"

/** A node that a kernel computes. Its buffers are the inputs, then the output. */
export interface KernelNode<A = unknown> {
  readonly attributes: A
  readonly inputs: readonly { readonly shape: Shape; readonly lane: boolean }[]
  readonly shape: Shape
  /** Adds to the contents of the output, for gradients of shared tensors. */
  readonly accumulate: boolean
  /** The inputs hold all T steps of a scan one after another (see `acrossSteps`). */
  readonly stacked: boolean
}

export interface KernelOp<A = unknown> extends Op<A> {
  /** Writes the loop nest. */
  kernel(k: KernelBuilder, node: KernelNode<A>): void
  /**
   * For contributions to a shared tensor's gradient inside a scan: whether one kernel for all steps is better
   * than one per step. The inputs are then saved for every step and passed as `stacked`.
   */
  acrossSteps?(node: Node<A>): boolean
  /** On a `parallel` target the kernel takes stacked inputs of any shape. */
  readonly stackable?: boolean
}

/**
 * Whether an op has a kernel. Those of core have none: inputs, carries and scans are not computed, and the
 * planner fuses maps and sums.
 */
export const hasKernel = (op: Op): op is KernelOp => "kernel" in op
