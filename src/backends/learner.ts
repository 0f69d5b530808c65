// How a program learns: weights, their running average and the optimiser's arrays stay where the program runs, and a step says only what training's
// events and scores need. A backend may bring its own (`Program.learner`); `training/learner.ts` is what it means, for all others.

import type { Assignment } from "../core/expr-arrays.ts"
import type { Settings } from "../core/settings.ts"
import type { Block, RunOptions, RunResult } from "./block.ts"

/** A tensor with copies: where it begins among the weights and how many numbers one copy has. */
export interface Copies {
  readonly offset: number
  readonly size: number
  readonly copies: number
}

export interface LearningRule {
  /** The optimiser's arrays, as long as the weights. */
  readonly slots: readonly string[]
  /** What an update is told, by name: the learning rate, and what an optimiser computes for a whole step. */
  readonly numbers: readonly string[]
  /** What becomes of the optimiser's arrays, of "weights" and of "average", one after the other; the inputs of its expressions are `inputsOf`. */
  readonly update: readonly Assignment[]
  /** Tensors whose copies are pulled together. */
  readonly copies: readonly Copies[]
}

/** Names of all arrays of a state. */
export const arraysOf = ({ slots }: LearningRule): readonly string[] => ["weights", ...slots, "average"]
/** What the inputs of a rule's expressions are, by number; "decay" is that of the average. */
export const inputsOf = (rule: LearningRule): readonly string[] => [
  "gradient",
  ...arraysOf(rule),
  ...rule.numbers,
  "decay",
]

/** By the names of `arraysOf`, each as long as the trainable tensors. */
export type Arrays = Readonly<Record<string, Float32Array>>

/** What a step is told beside its blocks. */
export interface StepNumbers {
  /** Shared tensors that are not trained, by name; the plan need not have all of them. */
  readonly settings: Settings
  /** Of the rule, by its names. */
  readonly numbers: Readonly<Record<string, number>>
  /** Decay of the running average of weights. */
  readonly decay: number
  /** The copies are one by now; else they are pulled together with this weight. */
  readonly averaged: boolean
  readonly pull: number
  /** Elements of the gradient are clipped first, then its norm; Infinity: not. */
  readonly clipElements: number
  readonly clip: number
  /** Noise on the clipped gradient: its deviation, and the keys of its random numbers (core/rng.ts). 0: none. */
  readonly deviation: number
  readonly keys: readonly [number, number]
}

export interface Learnt {
  /** As a run's. */
  readonly outputs: RunResult["outputs"]
  /** Of the gradient before its norm was clipped. */
  readonly norm: number
  /** Σ (copy − mean)² of the weights before the update; 0 once the copies are one. */
  readonly distance: number
  /** Every weight is a number. */
  readonly finite: boolean
}

/** A state as it was when it was kept. */
export interface Kept {
  /** Valid until the learner has kept two more. */
  read(): Promise<Arrays>
}

export interface Learner {
  /** One update. Where `norm` or the outputs are not finite, the state is spoilt, and the caller writes an earlier one. */
  step(blocks: readonly Block[], options: RunOptions, numbers: StepNumbers): Promise<Learnt>
  /** Remembers the state, cheaply and at once. */
  keep(): Kept
  /** One array as it is now. */
  read(name: string): Promise<Float32Array>
  /** Those that are given take the place of what there is. */
  write(arrays: Arrays): void
  /** Puts the mean of all copies into each, in every array. */
  averageCopies(): void
  dispose(): Promise<void>
}
