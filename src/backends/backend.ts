// The contract of a backend. A backend compiles plans; a program runs lane blocks. All other code is shared.

import type { Plan } from "../plan/plan.ts"
import type { Update } from "../plan/update.ts"
import type { Block, RunOptions, RunResult } from "./block.ts"
import type { Resident } from "./resident.ts"

export type { Block, RunOptions, RunResult } from "./block.ts"

export interface Program {
  readonly plan: Plan
  /** Runs blocks. `shared` has plan.sharedSize numbers, trainable tensors first. Runs must not overlap. */
  run(shared: Float32Array, blocks: readonly Block[], options: RunOptions): Promise<RunResult>
  /**
   * Moves weights and all arrays of an update to where the program runs, and trains them there. For plans
   * with a gradient.
   */
  resident(update: Update): Promise<Resident>
  /** The largest total size of this program's buffers so far, in bytes. */
  readonly peakBytes: number
  dispose(): Promise<void>
}

/** A backend, or the reason why it cannot run here. */
export type Opened = { readonly backend: Backend } | { readonly absent: string }

export interface Backend {
  readonly name: string
  /** Vector width, workers and compiler, in one line. */
  readonly description: string
  readonly workers: number
  /** The address space of one worker in bytes, whatever memory the machine has. */
  readonly mostBytes: number
  compile(plan: Plan): Promise<Program>
}
