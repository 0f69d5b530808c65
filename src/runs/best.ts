// The best evaluation of a run at the goal size. Weights fluctuate and the last ones are seldom the best, so
// a run also keeps those of its best evaluation.

import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts"
import type { MetricsRow } from "./metrics.ts"

export const bestName = "best.safetensors"

/** All evaluations of one step at the goal size: random and hard examples of all tasks. */
export interface Look {
  readonly step: number
  /** Number of answers, and of those that were right as a whole. */
  readonly samples: number
  readonly right: number
  /** Mean share of right symbols. */
  readonly symbol: number
  /** Tasks on vectors: mean cross-entropy of a sequence in bits. */
  readonly bits?: number
}

/** The evaluations at the goal size among these rows of metrics, in order. */
export function looksOf(rows: readonly MetricsRow[], size: number): Look[] {
  const looks: Look[] = []
  for (const row of rows.filter((row) => row.type === "evaluation" && row.size === size)) {
    const [step, samples, exact, symbol] = [row.step, row.samples, row.exact, row.symbol].map(Number)
    const bits = typeof row.bits === "number" ? row.bits : undefined
    const before = looks.at(-1)?.step === step ? looks.pop() : undefined
    const all = samples + (before?.samples ?? 0)
    const mean = (now: number, then: number | undefined) => (now * samples + (then ?? 0) * (all - samples)) / all
    looks.push({
      step,
      samples: all,
      right: Math.round(exact * samples) + (before?.right ?? 0),
      symbol: mean(symbol, before?.symbol),
      ...(bits === undefined ? {} : { bits: mean(bits, before?.bits) }),
    })
  }
  return looks
}

/**
 * Whether one evaluation is better than another. Evaluations end at their first wrong answers, so shares are
 * compared by Laplace's estimate: 128 of 128 counts more than 32 of 32.
 */
export function better(look: Look, than: Look | undefined): boolean {
  if (than === undefined) return true
  if (look.bits !== undefined) return look.bits < (than.bits ?? Number.POSITIVE_INFINITY)
  const share = ({ right, samples }: Look) => (right + 1) / (samples + 2)
  return share(look) > share(than) || (share(look) === share(than) && look.symbol > than.symbol)
}

export const bestOf = (looks: readonly Look[]): Look | undefined =>
  looks.reduce<Look | undefined>((best, look) => (better(look, best) ? look : best), undefined)

/** Saves the checkpoint of the best evaluation so far in place of the last one. Returns its path. */
export const saveBest = (dir: string, checkpoint: Checkpoint): string => writeCheckpoint(dir, bestName, checkpoint)
