// Resident state: the weights and all arrays of an update, kept where a program runs.

import type { Keys } from "../core/rng.ts"
import type { Settings } from "../core/settings.ts"
import type { Block, RunOptions, RunResult } from "./block.ts"

/** Values of an update's arrays by name, each as long as the trainable tensors. */
export type Arrays = Readonly<Record<string, Float32Array>>

/** The inputs of a training step beside its blocks. */
export interface StepNumbers {
  /** All settings of the plan, by name. */
  readonly settings: Settings
  /** The update's scalars, by name. */
  readonly numbers: Readonly<Record<string, number>>
  /** The keys of the update's random streams, by name. */
  readonly keys: Readonly<Record<string, Keys>>
}

export interface StepResult {
  /** As of a run: valid until the next one. */
  readonly outputs: RunResult["outputs"]
  /** The update's sums, by name. */
  readonly sums: Readonly<Record<string, number>>
  /** Whether the gradient and the new weights are all finite. */
  readonly finite: boolean
}

/** A snapshot of the arrays. */
export interface ArraysThen {
  /** Valid until two later snapshots have been taken. */
  read(): Promise<Arrays>
}

export interface Resident {
  /**
   * Runs one training step: gradient, then update. If the result is not finite, the state is invalid and the
   * caller must `write` an earlier one.
   */
  step(blocks: readonly Block[], options: RunOptions, told: StepNumbers): Promise<StepResult>
  /** Takes a snapshot of all arrays, without waiting or downloading. */
  remember(): ArraysThen
  /** The current values of one array. */
  read(name: string): Promise<Float32Array>
  /** Replaces the given arrays. */
  write(arrays: Arrays): void
  dispose(): Promise<void>
}
