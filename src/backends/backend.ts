// The contract of a backend: it compiles plans, and a program runs lane blocks. Everything else is common code.

import type { Plan } from "../plan/plan.ts"
import type { Learner, LearningRule } from "./learner.ts"

/** Up to LANES examples of one length bin. Inputs are [...shape, LANES], lanes innermost; lanes without an example hold zeros. */
export interface Block {
  /** Symbols in each tensor's L axis. */
  readonly length: number
  /** Steps that scans run: the most that an example of the block needs. */
  readonly steps: number
  /** Number of the first lane's example within the training step: names its random numbers. */
  readonly firstExample: number
  readonly inputs: Readonly<Record<string, Float32Array>>
}

export interface RunOptions {
  /** With trainStep and an example's number, all that random numbers depend on. */
  readonly seed: number
  readonly trainStep: number
}

export interface RunResult {
  /** For each block, the plan's outputs [...shape, LANES]. Valid until the next run. */
  readonly outputs: readonly Readonly<Record<string, Float32Array>>[]
  /** Σ over blocks, in their order, of the gradients of the trainable tensors; empty without a loss. */
  readonly gradient: Float32Array
}

export interface Program {
  readonly plan: Plan
  /** `shared`: plan.sharedSize numbers, trainable tensors first. Runs do not overlap. */
  run(shared: Float32Array, blocks: readonly Block[], options: RunOptions): Promise<RunResult>
  /** Learns where it runs, if this backend can: weights and an optimiser's arrays need not travel. Else common code does (training/learner.ts). */
  learner?(rule: LearningRule): Promise<Learner>
  /** Most bytes that this program has held for its buffers. */
  readonly peakBytes: number
  dispose(): Promise<void>
}

export interface Backend {
  readonly name: string
  /** One line for people: vector width, workers, compiler. */
  readonly description: string
  readonly workers: number
  compile(plan: Plan): Promise<Program>
}
