// A scheduler decides which trial to train next, and how far. It is a pure function of what is known, so a
// sweep that was killed decides as before. A new scheduler is one such function and one line in
// schedulers.ts.

/** The progress of a trial when it last stopped. */
export interface Report {
  /** Steps done. */
  readonly steps: number
  /**
   * Largest size that the curriculum reached. Trials are compared by it, because a loss says little about
   * generalization.
   */
  readonly size: number
  /** Share of right symbols in the last batch. It decides between equal sizes. */
  readonly symbol: number
  /** Seconds of training. */
  readonly seconds: number
}

export interface TrialState {
  readonly id: string
  /** Total number of steps that it may take. */
  readonly budget: number
  /** In the order in which they were taken. */
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
 * The next piece of work; undefined if there is none until one of `running` ends. Trials are in the order of
 * the sweep.
 */
export type Scheduler = (trials: readonly TrialState[], running: ReadonlySet<string>) => Work | undefined
