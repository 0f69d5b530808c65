// A plan: the instructions that run a graph, and their buffers. The planner makes it once per model; it is
// valid for every length and number of steps.

import type { Gradients } from "../core/grad.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import type { SharedTensor } from "../core/params.ts"
import { type Shape, sizeAt } from "../core/shape.ts"
import type { KernelBuilder } from "../kernel/language.ts"

/**
 * How many copies of a tensor a buffer holds: one, two that alternate, one per scan step, or one more than
 * steps.
 */
export type Slots = "one" | "two" | "steps" | "steps + 1"

export interface Buffer {
  readonly name: string
  readonly shape: Shape
  readonly slots: Slots
  /**
   * "shared": parameters and settings. "io": inputs and outputs of a lane block. "arena": scratch memory of a
   * worker.
   */
  readonly region: "shared" | "io" | "arena"
  readonly lane: boolean
  /** Saved for backward at every step. A device may store it with fewer bits; gradients are small numbers. */
  readonly saved?: "values" | "gradients"
}

/** Which copy: the first, that of step t, that of step t + 1, or the last, T. */
export type Slot = "first" | "t" | "t + 1" | "T"

export interface Place {
  readonly buffer: Buffer
  readonly slot: Slot
  /** Offset in the buffer, in elements. */
  readonly element: number
}

export interface KernelSpec {
  /** Specs with the same key write the same kernel. */
  readonly key: string
  write(k: KernelBuilder): void
}

export type Instruction =
  | { readonly k: "call"; readonly kernel: KernelSpec; readonly places: readonly Place[] }
  | { readonly k: "loop"; readonly backwards: boolean; readonly body: readonly Instruction[] }

export interface Plan {
  /** The planned graph and its gradients, which the reference backend interprets. */
  readonly graph: Graph
  readonly options: PlanOptions
  readonly gradients: Gradients | undefined
  readonly shared: readonly SharedTensor[]
  /** Length of the array of shared tensors. The first `trainableSize` numbers are the trainable tensors. */
  readonly sharedSize: number
  readonly trainableSize: number
  readonly inputs: readonly Buffer[]
  readonly outputs: readonly Buffer[]
  /** Gradients of the trainable tensors, summed over lanes; undefined for plans without a loss. */
  readonly gradient: Buffer | undefined
  readonly buffers: readonly Buffer[]
  readonly instructions: readonly Instruction[]
}

export interface PlanOptions {
  /** Lane nodes to return, by name. */
  readonly outputs: Readonly<Record<string, Node>>
  /** One number per example; the plan computes the gradient of its sum. */
  readonly loss?: Node
  readonly memory?: "store" | "recompute"
  /**
   * Compute across steps whatever an op can, not only where the op prefers it. For devices with ample memory
   * and many cores.
   */
  readonly acrossSteps?: boolean
}

/** With `halves`, tensors saved for backward have a separate region. */
export const regionOf = (buffer: Buffer, halves: boolean): Buffer["region"] | "halves" =>
  halves && buffer.saved ? "halves" : buffer.region

export const elementsOf = (buffer: Buffer, length: number, steps: number): number => {
  const slots = { one: 1, two: 2, steps, "steps + 1": steps + 1 }[buffer.slots]
  return sizeAt(buffer.shape, length) * slots
}
