// What training says: the command line, a worker and the tests all consume these.

import type { Wave } from "../inference/evaluate.ts"
import type { Predictor } from "../inference/predictor.ts"
import type { Wrong } from "./techniques/replay.ts"

/** Everything a run needs to go on bit for bit. */
export interface Snapshot {
  readonly step: number
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
  /** Plain JSON. */
  readonly state: TrainState
}

export interface TrainState {
  /** Steps since the run began, over all attempts. */
  readonly step: number
  /** The attempt's seed: config.seed, and one more for every restart. */
  readonly seed: number
  /** The step at which the attempt began. */
  readonly begin: number
  /** Rollbacks so far; each draws other random numbers. */
  readonly rollbacks: number
  /** Groups of sizes that have joined, or sizes that the curriculum has reached. */
  readonly joined: number
  /** Answers at the present size since the curriculum last looked, and those that were right: curriculum form "sizes". */
  readonly progress: { readonly right: number; readonly of: number }
  /** Weight of the cost that pulls copies of parameters together; once they are averaged, they stay equal. */
  readonly pull: number
  readonly averaged: boolean
  readonly rate: number
  readonly saturationWeight: number
  /** Noise on pre-activations while settling. */
  readonly noise: number
  readonly optimizer: Readonly<Record<string, number>>
  /** Sums since the last adaptation, and the mean errors of the windows before. */
  readonly window: {
    readonly error: number
    readonly cost: number
    readonly count: number
    readonly before: readonly number[]
  }
  /** Successive checks at the longest trained size that were all right; the step since which it counts as learnt. */
  readonly fit: { readonly streak: number; readonly since: number | null }
  /** Successive evaluations that met the goal, and the symbol accuracy of the last one at the goal's size. */
  readonly goal: { readonly streak: number; readonly symbol: number }
  /** Share of wrong answers in the last batch: scales gradient noise. */
  readonly wrong: number
  /** Inputs answered wrongly and not yet right, by size. */
  readonly replay: Wrong
  /** Those that the last search of their size found hardest without dropout and noise: they are asked instead. */
  readonly found: Wrong
  /** Share of right answers, a running mean over the batches of settling since it began, or since the last recovery. */
  readonly lately: number
}

export interface StepEvent {
  readonly type: "step"
  readonly step: number
  readonly seed: number
  /** Largest size that this step trained on, or that the curriculum has reached where a step has one size. */
  readonly size: number
  /** Cross-entropy in nats, mean over the batch: a symbol's; of tasks on vectors, a whole sequence's. */
  readonly error: number
  /** Saturation cost before its weight. */
  readonly cost: number
  /** Shares of right symbols, and of whole right answers, in the batch (dropout on). */
  readonly symbol: number
  readonly exact: number
  /** Tasks on vectors: cross-entropy of a whole sequence in bits, and what the best predictor would pay. */
  readonly bits?: number
  readonly bound?: number
  readonly rate: number
  readonly keep: number
  readonly noise: number
  readonly gradientNorm: number
  /** Squared distance of the copies of parameters to their means; 0 without copies. */
  readonly distance: number
  /** The state after this step; to be called before the next step's event is asked for a snapshot of its own, at the latest. */
  snapshot(): Promise<Snapshot>
}

export interface EvaluationEvent {
  readonly type: "evaluation"
  readonly step: number
  /** Of several tasks that are learnt together: which one. */
  readonly task?: string
  readonly size: number
  readonly samples: number
  readonly structured: boolean
  /** Share of whole right answers. */
  readonly exact: number
  /** Share of right symbols; of tasks on vectors, of right bits. */
  readonly symbol: number
  /** Tasks on vectors: mean cross-entropy of a sequence in bits, and what the best predictor would pay. */
  readonly bits?: number
  readonly bound?: number
}

/** A check is under way: told before each of its waves, since checks of large sizes take long. */
export interface CheckingEvent extends Wave {
  readonly type: "checking"
  readonly step: number
}

export type TrainEvent =
  | {
      readonly type: "start"
      readonly step: number
      readonly seed: number
      readonly parameters: number
      readonly device: string
      /** Asks the model between two events. The trainer gives it weights for its own checks, so set those that are meant. */
      predictor(): Predictor
    }
  | StepEvent
  | CheckingEvent
  | EvaluationEvent
  /** Evaluations in a row that met the goal. */
  | { readonly type: "goal"; readonly step: number; readonly streak: number; readonly times: number }
  | { readonly type: "fit"; readonly step: number }
  | { readonly type: "restart"; readonly step: number; readonly seed: number; readonly reason: string }
  /** The weights had forgotten what they knew, and are their average again. */
  | { readonly type: "recovery"; readonly step: number; readonly reason: string }
  | { readonly type: "rollback"; readonly step: number; readonly to: number; readonly reason: string }
  | {
      readonly type: "done"
      readonly step: number
      readonly reason: "generalises" | "steps"
      snapshot(): Promise<Snapshot>
    }

/** Training broke down: numbers were not finite again after every rollback. */
export class TrainingFailed extends Error {
  override readonly name = "TrainingFailed"
}
