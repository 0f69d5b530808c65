// What training says, and the state that it goes on from. The command line, the page and the tests all consume these.

import type { Wave } from "../inference/evaluate.ts"
import type { Predictor } from "../inference/predictor.ts"
import type { CurriculumState } from "./curriculum.ts"

/** Everything a run needs to go on bit for bit. */
export interface Snapshot {
  readonly step: number
  /** By the names of tensor-names.ts. */
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
  /** The present phase, and the step at which it began. */
  readonly phase: { readonly index: number; readonly began: number }
  /** The learning rate of the next step. */
  readonly rate: number
  /** State of the phase's learning-rate schedule. */
  readonly schedule: object
  readonly curriculum: CurriculumState
  /** Checks in a row in which the longest trained size was right; the step since which it counts as learned. */
  readonly learned: { readonly streak: number; readonly since: number | null }
  /** Measurements in a row that met the goal, and the symbol accuracy of the last one, at the goal's size or below. */
  readonly goal: { readonly streak: number; readonly symbol: number }
  /** The optimizer's numbers; its arrays are tensors. */
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
  /** Largest size that this step trained on, or that the curriculum has reached where a step has one size. */
  readonly size: number
  /** Mean cross-entropy of the batch in nats: of a symbol; for tasks on vectors, of a whole sequence. */
  readonly error: number
  /** Saturation cost before its weight. */
  readonly cost: number
  /** Shares of right symbols, and of whole right answers, in the batch (dropout on). */
  readonly symbol: number
  readonly exact: number
  /** Tasks on vectors: cross-entropy of a whole sequence in bits, and what the best predictor would pay. */
  readonly bits?: number
  readonly bound?: number
  /** The step's learning rate. */
  readonly learningRate: number
  /** Norm of the gradient before it was clipped to a norm. */
  readonly gradientNorm: number
  /** What techniques report: the step's share of dropout, its deviation of noise, the distance of copies to their mean. */
  readonly dropout: number
  readonly noise: number
  readonly distance: number
  /** The state after this step; call it before you ask for the event after the next step, at the latest. */
  snapshot(): Promise<Snapshot>
}

/** One measurement on fresh examples, without dropout, by the average of the weights. */
export interface EvaluationEvent {
  readonly type: "evaluation"
  readonly step: number
  /** Of several tasks that are learned together: which one. */
  readonly task?: string
  readonly size: number
  readonly samples: number
  /** Whether these are the task's hard examples. */
  readonly hard: boolean
  /** Share of whole right answers. */
  readonly exact: number
  /** Share of right symbols; of tasks on vectors, of right bits. */
  readonly symbol: number
  /** Tasks on vectors: mean cross-entropy of a sequence in bits, and what the best predictor would pay. */
  readonly bits?: number
  readonly bound?: number
}

/** A measurement is going on: told before each of its waves, since those of large sizes take long. */
export interface CheckingEvent extends Wave {
  readonly type: "checking"
  readonly step: number
}

/** What a technique did that people should know. */
export interface TechniqueEvent {
  /** The weights had forgotten what they knew, and are their average again. */
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
      /** Asks the model between two events. The trainer gives it weights for its own checks, so set those that are meant. */
      predictor(): Predictor
    }
  | StepEvent
  | EvaluationEvent
  | CheckingEvent
  | TechniqueEvent
  /** A measurement of the goal ended: so many in a row have met it. */
  | { readonly type: "goal"; readonly step: number; readonly streak: number; readonly times: number }
  /** The trained sizes count as learned from here on. */
  | { readonly type: "learned"; readonly step: number }
  /** Another phase begins with the next step. */
  | { readonly type: "phase"; readonly step: number; readonly phase: number; readonly phases: number }
  | { readonly type: "restart"; readonly step: number; readonly seed: number; readonly reason: string }
  | { readonly type: "rollback"; readonly step: number; readonly to: number; readonly reason: string }
  | {
      readonly type: "done"
      readonly step: number
      readonly reason: "generalizes" | "steps"
      snapshot(): Promise<Snapshot>
    }

/** Training broke down: numbers were not finite again after every rollback. */
export class TrainingFailed extends Error {
  override readonly name = "TrainingFailed"
}
