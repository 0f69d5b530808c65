// Recovery: weights that have forgotten what they knew become their running average again, which hardly has yet: it is as slow as they were quick. As much
// noise as a model bears is sometimes more than it bears; a run that broke on it did not learn again from what was left (docs/log.md, 2026-11-27) [ours].

export interface RecoveryOptions {
  /** Share of right answers, a running mean over batches while settling, below which the weights count as lost; 0: they never do. */
  readonly below: number
  /** Batches that this mean reaches back. */
  readonly over: number
}
/** Off, unless a recipe says otherwise. 50: a lost run is known within 20 to 40 steps (docs/log.md), and one bad batch costs nothing. */
export const recoveryDefaults: RecoveryOptions = { below: 0, over: 50 }

/** The running mean after one more batch, of which the share `exact` was right. */
export const runningShare = ({ over }: RecoveryOptions, before: number, exact: number): number =>
  before + (exact - before) / over
