// A plan: the instructions that run a graph, and the buffers that they use. It is made once a model (by
// planner.ts) and is good for every length and step count.

import type { Gradients } from "../core/grad.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import type { SharedTensor } from "../core/params.ts"
import { type Shape, sizeAt } from "../core/shape.ts"
import type { KernelBuilder } from "../kernel/language.ts"

/**
 * How many copies of a tensor a buffer holds: one, two that take turns, one a step, or one a step and one
 * more.
 */
export type Slots = "one" | "two" | "steps" | "steps + 1"

export interface Buffer {
  readonly name: string
  readonly shape: Shape
  readonly slots: Slots
  /**
   * shared: the parameters and settings; io: what goes in and out with a lane block; arena: scratch of a
   * worker.
   */
  readonly region: "shared" | "io" | "arena"
  readonly lane: boolean
  /**
   * One of every step, saved for backward: a device may store it with fewer bits.
   * Gradients are small numbers.
   */
  readonly saved?: "values" | "gradients"
}

/** Which copy: of step t, t + 1, or the last one, T. */
export type Slot = "first" | "t" | "t + 1" | "T"

export interface Place {
  readonly buffer: Buffer
  readonly slot: Slot
  /** Elements into the buffer. */
  readonly element: number
}

export interface KernelSpec {
  /** Two specs with one key write the same kernel. */
  readonly key: string
  write(k: KernelBuilder): void
}

export type Instruction =
  | { readonly k: "call"; readonly kernel: KernelSpec; readonly places: readonly Place[] }
  | { readonly k: "loop"; readonly backwards: boolean; readonly body: readonly Instruction[] }

export interface Plan {
  /** What was planned, and its gradients: what the reference backend interprets. */
  readonly graph: Graph
  readonly options: PlanOptions
  readonly gradients: Gradients | undefined
  readonly shared: readonly SharedTensor[]
  /** Length of the array of shared tensors; trainable ones stand first, `trainableSize` numbers long. */
  readonly sharedSize: number
  readonly trainableSize: number
  readonly inputs: readonly Buffer[]
  readonly outputs: readonly Buffer[]
  /** Gradients of the trainable tensors, summed over the lanes; absent from plans without a loss. */
  readonly gradient: Buffer | undefined
  readonly buffers: readonly Buffer[]
  readonly instructions: readonly Instruction[]
}

export interface PlanOptions {
  /** Lane nodes to hand out, by name. */
  readonly outputs: Readonly<Record<string, Node>>
  /** One number an example, whose sum's gradient is wanted. */
  readonly loss?: Node
  readonly memory?: "store" | "recompute"
  /**
   * Compute across steps what an op can, not only where it says that it is better: for devices with memory to
   * spare and many cores.
   */
  readonly acrossSteps?: boolean
}

/** With `halves`, what a scan keeps of every step has a region of its own. */
export const regionOf = (buffer: Buffer, halves: boolean): Buffer["region"] | "halves" =>
  halves && buffer.saved ? "halves" : buffer.region

export const elementsOf = (buffer: Buffer, length: number, steps: number): number => {
  const slots = { one: 1, two: 2, steps, "steps + 1": steps + 1 }[buffer.slots]
  return sizeAt(buffer.shape, length) * slots
}
