// The interface of a learning-rate schedule: one object in one file of schedules/, and one line in its
// index.ts.

import type * as v from "valibot"
import type { Fields } from "../schema/index.ts"

/** The run after a step, as a schedule sees it. */
export interface ScheduleView {
  /** The initial learning rate of the run. */
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
  /** The initial state of an attempt: plain JSON. */
  begin(): State
  /** The schema of its state, which a file may hold. */
  readonly state: v.GenericSchema<State>
  /** The learning rate of the next step. It may change `state`. */
  next(options: Options, state: State, view: ScheduleView): number
}
