// The contract of a backend: it compiles plans, and a program runs lane blocks. Everything else is common
// code.

import type { Plan } from "../plan/plan.ts"
import type { Block, RunOptions, RunResult } from "./block.ts"
import type { Learner, LearningRule } from "./learner.ts"

export type { Block, RunOptions, RunResult } from "./block.ts"

export interface Program {
  readonly plan: Plan
  /** `shared`: plan.sharedSize numbers, trainable tensors first. Runs do not overlap. */
  run(shared: Float32Array, blocks: readonly Block[], options: RunOptions): Promise<RunResult>
  /**
   * Learns where it runs, if this backend can: weights and an optimiser's arrays need not travel. Else common
   * code does (training/learner.ts).
   */
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
