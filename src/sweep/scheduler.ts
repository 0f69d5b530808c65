// Which trial is worked on next, and how far: a pure function of what is known, so that a sweep that was
// killed decides as if it had not been. Adding a scheduler is one such function and one line in
// schedulers.ts.

/** How far a trial had come when it last stopped. */
export interface Report {
  /** Steps done. */
  readonly steps: number
  /**
   * The largest size that the curriculum had reached: what trials are compared by. A loss says little about
   * generalization.
   */
  readonly size: number
  /** Share of right symbols in the last batch: decides between equal sizes. */
  readonly symbol: number
  /** Seconds of training. */
  readonly seconds: number
}

export interface TrialState {
  readonly id: string
  /** Steps that it may take altogether. */
  readonly budget: number
  /** In the order in which they were made. */
  readonly reports: readonly Report[]
  /** Whether it has its result. */
  readonly finished: boolean
}

export interface Work {
  readonly id: string
  /** Train until this step. */
  readonly steps: number
}

/**
 * The next piece of work; undefined when there is none as long as `running` goes on. Trials come in the order
 * of the sweep.
 */
export type Scheduler = (trials: readonly TrialState[], running: ReadonlySet<string>) => Work | undefined
