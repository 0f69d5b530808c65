// A run's best look at the goal's size. Weights swing, and the last ones are seldom the best: those of the
// best look are kept beside them.

import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts"
import type { MetricsRow } from "./metrics.ts"

export const bestName = "best.safetensors"

/** The evaluations of one step at the goal's size, random and hard ones and all tasks together. */
export interface Look {
  readonly step: number
  /** Whole answers, and those that were right. */
  readonly samples: number
  readonly right: number
  /** Mean share of right symbols. */
  readonly symbol: number
  /** Tasks on vectors: mean cross-entropy of a sequence in bits. */
  readonly bits?: number
}

/** The looks among these events or rows of metrics, in their order. */
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
 * Whether a look went better than another. Looks end at their first wrong answers, so the share is Laplace's
 * estimate: all of 128 is more than all of 32.
 */
export function better(look: Look, than: Look | undefined): boolean {
  if (than === undefined) return true
  if (look.bits !== undefined) return look.bits < (than.bits ?? Number.POSITIVE_INFINITY)
  const share = ({ right, samples }: Look) => (right + 1) / (samples + 2)
  return share(look) > share(than) || (share(look) === share(than) && look.symbol > than.symbol)
}

export const bestOf = (looks: readonly Look[]): Look | undefined =>
  looks.reduce<Look | undefined>((best, look) => (better(look, best) ? look : best), undefined)

/** Saves the checkpoint of the best look so far, in place of the one before; returns its path. */
export const saveBest = (dir: string, checkpoint: Checkpoint): string => writeCheckpoint(dir, bestName, checkpoint)
