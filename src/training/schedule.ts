// What a learning-rate schedule is: one object in one file of schedules/, and one line in its index.ts.

import type { Fields } from "../schema/index.ts"

/** A run as a schedule sees it, after a step. */
export interface ScheduleView {
  /** The learning rate of the run, from which it began. */
  readonly start: number
  /** The present learning rate. */
  readonly rate: number
  /** Steps of this phase, this one included. */
  readonly steps: number
  /** Steps of this attempt, this one included. */
  readonly attemptSteps: number
  /** Mean cross-entropy of the step's batch. */
  readonly error: number
  /** All sizes have joined. */
  readonly joined: boolean
}

export interface Schedule<Options extends object = object, State extends object = object> {
  readonly fields: Fields
  /** Its state when an attempt begins: plain JSON. */
  begin(): State
  /** The learning rate of the next step. `state` may be changed. */
  next(options: Options, state: State, view: ScheduleView): number
}
