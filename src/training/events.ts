// The events of training, and the state from which a run resumes. The command line, the page and tests
// consume them.

import type { Wave } from "../inference/evaluate.ts"
import type { Predictor } from "../inference/predictor.ts"
import type { CurriculumState } from "./curriculum.ts"

/** Everything that a run needs to resume bit for bit. */
export interface Snapshot {
  readonly step: number
  /** Tensors by name (tensor-names.ts): the weights, their EMA and the optimizer's arrays. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
  /** Plain JSON. */
  readonly state: TrainState
}

export interface TrainState {
  /** Steps since the start of the run, over all attempts. */
  readonly step: number
  /** Seed of the attempt: config.seed plus the number of restarts. */
  readonly seed: number
  /** Step at which the attempt started. */
  readonly begin: number
  /** Rollbacks so far. Each one changes the random numbers. */
  readonly rollbacks: number
  /** Index of the present phase, and the step at which it started. */
  readonly phase: { readonly index: number; readonly began: number }
  /** Learning rate of the next step. */
  readonly rate: number
  /** State of the phase's learning-rate schedule. */
  readonly schedule: object
  readonly curriculum: CurriculumState
  /**
   * Successful checks of the longest trained size in a row; the step at which the sizes counted as learned.
   */
  readonly learned: { readonly streak: number; readonly since: number | null }
  /**
   * Measurements in a row that met the goal. `symbol` is the symbol accuracy of the last one, which may have
   * been taken below the goal size.
   */
  readonly goal: { readonly streak: number; readonly symbol: number }
  /** The optimizer's scalars. Its arrays are tensors. */
  readonly optimizer: Readonly<Record<string, number>>
  /** The state of each technique under its name. */
  readonly techniques: Readonly<Record<string, object>>
}

export interface StepEvent {
  readonly type: "step"
  readonly step: number
  readonly seed: number
  /** Index of the phase. */
  readonly phase: number
  /** Largest size of this step or, with one size per step, the size that the curriculum has reached. */
  readonly size: number
  /** Mean cross-entropy of the batch in nats: per symbol or, for tasks on vectors, per sequence. */
  readonly error: number
  /** Saturation cost, not yet weighted. */
  readonly cost: number
  /** Shares of right symbols and of right whole answers in the batch, with dropout on. */
  readonly symbol: number
  readonly exact: number
  /**
   * Tasks on vectors: cross-entropy of a sequence in bits. `bound` is that of the best possible predictor.
   */
  readonly bits?: number
  readonly bound?: number
  /** The step's learning rate. */
  readonly learningRate: number
  /** Global norm of the gradient before clipping by norm. */
  readonly gradientNorm: number
  /**
   * Reports of techniques: dropout rate, standard deviation of the noise, distance of copies to their mean.
   */
  readonly dropout: number
  readonly noise: number
  readonly distance: number
  /**
   * Returns the state after this step. Call it at the latest before you request the event after the next
   * step.
   */
  snapshot(): Promise<Snapshot>
}

/** One evaluation on fresh examples, without dropout, of the EMA of the weights. */
export interface EvaluationEvent {
  readonly type: "evaluation"
  readonly step: number
  /** Multitask runs: the name of the task. */
  readonly task?: string
  readonly size: number
  readonly samples: number
  /** Whether these are the task's hard examples. */
  readonly hard: boolean
  /** Present if these are from the task's families of worst cases. */
  readonly families?: true
  /** Share of answers that are right as a whole. */
  readonly exact: number
  /** Share of right symbols or, for tasks on vectors, of right bits. */
  readonly symbol: number
  /**
   * Tasks on vectors: mean cross-entropy of a sequence in bits. `bound` is that of the best possible
   * predictor.
   */
  readonly bits?: number
  readonly bound?: number
}

/** Progress of an evaluation. It precedes each wave, because large sizes take long. */
export interface CheckingEvent extends Wave {
  readonly type: "checking"
  readonly step: number
}

/** An action of a technique that users should know about. */
export interface TechniqueEvent {
  /** The model was forgetting what it had learned, so its weights were replaced by their EMA. */
  readonly type: "recovery"
  readonly step: number
  readonly reason: string
}

export type TrainEvent =
  | {
      readonly type: "start"
      readonly step: number
      readonly seed: number
      readonly parameters: number
      readonly device: string
      /**
       * Answers questions between two events. The trainer sets this predictor's weights for its own checks,
       * so set the weights that you mean.
       */
      predictor(): Predictor
    }
  | StepEvent
  | EvaluationEvent
  | CheckingEvent
  | TechniqueEvent
  /** A measurement of the goal ended. `streak` measurements in a row have met it. */
  | { readonly type: "goal"; readonly step: number; readonly streak: number; readonly times: number }
  /** The trained sizes count as learned. */
  | { readonly type: "learned"; readonly step: number }
  /** The next step starts another phase. */
  | { readonly type: "phase"; readonly step: number; readonly phase: number; readonly phases: number }
  | { readonly type: "restart"; readonly step: number; readonly seed: number; readonly reason: string }
  | { readonly type: "rollback"; readonly step: number; readonly to: number; readonly reason: string }
  | {
      readonly type: "done"
      readonly step: number
      readonly reason: "generalizes" | "steps"
      snapshot(): Promise<Snapshot>
    }

/** Training failed: the numbers were not finite even after the last allowed rollback. */
export class TrainingFailed extends Error {
  override readonly name = "TrainingFailed"
}
