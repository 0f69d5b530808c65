// The contract of a backend: it compiles plans, and a program runs lane blocks. Everything else is common
// code.

import type { Plan } from "../plan/plan.ts"
import type { Update } from "../plan/update.ts"
import type { Block, RunOptions, RunResult } from "./block.ts"
import type { Resident } from "./resident.ts"

export type { Block, RunOptions, RunResult } from "./block.ts"

export interface Program {
  readonly plan: Plan
  /** `shared`: plan.sharedSize numbers, trainable tensors first. Runs do not overlap. */
  run(shared: Float32Array, blocks: readonly Block[], options: RunOptions): Promise<RunResult>
  /** Keeps the weights and all arrays of an update where it runs, and trains them there. For plans with a gradient. */
  resident(update: Update): Promise<Resident>
  /** Most bytes that this program has held for its buffers. */
  readonly peakBytes: number
  dispose(): Promise<void>
}

export interface Backend {
  readonly name: string
  /** One line for people: vector width, workers, compiler. */
  readonly description: string
  readonly workers: number
  /** Most bytes that one worker can address, whatever the machine has. */
  readonly mostBytes: number
  compile(plan: Plan): Promise<Program>
}
