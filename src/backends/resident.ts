// State that stays where a program runs: the weights and all arrays that an update changes.

import type { Keys } from "../core/rng.ts"
import type { Settings } from "../core/settings.ts"
import type { Block, RunOptions, RunResult } from "./block.ts"

/** By the names of an update's arrays, each as long as the trainable tensors. */
export type Arrays = Readonly<Record<string, Float32Array>>

/** What a step is told beside its blocks. */
export interface StepNumbers {
  /** The plan's settings, all of them, by name. */
  readonly settings: Settings
  /** The update's numbers, by name. */
  readonly numbers: Readonly<Record<string, number>>
  /** The keys of its random streams, by name. */
  readonly keys: Readonly<Record<string, Keys>>
}

export interface StepResult {
  /** As a run's: valid until the next one. */
  readonly outputs: RunResult["outputs"]
  /** The update's sums, by name. */
  readonly sums: Readonly<Record<string, number>>
  /** Whether every number of the gradient and of the new weights is finite. */
  readonly finite: boolean
}

/** The arrays as they were at one moment. */
export interface ArraysThen {
  /** Valid until two later moments have been remembered. */
  read(): Promise<Arrays>
}

export interface Resident {
  /** One training step: gradient, then update. Where it is not finite the state is spoilt, and the caller writes an earlier one. */
  step(blocks: readonly Block[], options: RunOptions, told: StepNumbers): Promise<StepResult>
  /** Remembers all arrays, cheaply and at once. */
  remember(): ArraysThen
  /** One array as it is now. */
  read(name: string): Promise<Float32Array>
  /** Replaces the arrays that are given. */
  write(arrays: Arrays): void
  dispose(): Promise<void>
}
