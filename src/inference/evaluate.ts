// Evaluation: examples are asked a wave at a time and whole answers are compared. Between two waves the
// caller has its turn.

import { LANES } from "../core/lanes.ts"
import type { Random } from "../core/rng.ts"
import {
  type AnyExample,
  addScores,
  bitsOf,
  type Encoding,
  noScore,
  type Part,
  type Score,
} from "../encoding/encoding.ts"

/** How far an evaluation is, before one of its waves. */
export interface Wave {
  readonly size: number
  /** Places of the longest example of this size. */
  readonly length: number
  /** Examples scored so far, and all that there are. */
  readonly done: number
  readonly of: number
}

/** Examples of one size, handed out as they are needed. */
export interface Examples {
  readonly size: number
  readonly count: number
  take(n: number): readonly AnyExample[]
}

/** Fresh examples of a task: random ones, or all the hard cases that it lists.
 *  @param stream names them: the same one gives the same examples, whatever the size of a wave */
export function freshExamples(
  part: Part,
  size: number,
  { samples, hard, stream }: { samples: number; hard: boolean; stream: Random },
): Examples {
  if (hard) return listedExamples(size, part.hardCases(size, stream))
  return { size, count: samples, take: (n) => Array.from({ length: n }, () => part.random(size, stream)) }
}

export function listedExamples(size: number, examples: readonly AnyExample[]): Examples {
  let taken = 0
  const take = (n: number) => examples.slice(taken, (taken += n))
  return { size, count: examples.length, take }
}

export interface WaveOptions {
  /** Lane blocks of a wave. */
  readonly blocks: number
  /** Ends with the first wave that has a wrong answer: enough to know that not all are right. */
  readonly untilWrong: boolean
}

/** Scores a wave of examples. */
export type ScoreWave = (examples: readonly AnyExample[]) => Promise<Score>

/** Scores examples and says before each wave how far it is. Memory grows with the length, not with length
 *  times steps. */
export async function* scoreInWaves(
  scoreWave: ScoreWave,
  { size, count, take }: Examples,
  length: number,
  { blocks, untilWrong }: WaveOptions,
): AsyncGenerator<Wave, Score> {
  let total = noScore
  while (total.answers < count && !(untilWrong && total.answersRight < total.answers)) {
    yield { size, length, done: total.answers, of: count }
    total = addScores(total, await scoreWave(take(Math.min(LANES * blocks, count - total.answers))))
  }
  return total
}

/** What an evaluation says of a score. */
export interface Shares {
  readonly samples: number
  /** Share of whole right answers; 1 of none. */
  readonly exact: number
  /** Share of right symbols, or bits. */
  readonly symbol: number
  /** Tasks on vectors: mean cross-entropy of a sequence in bits, and what the best predictor would pay. */
  readonly bits?: number
  readonly bound?: number
}

export const sharesOf = (signature: Encoding["signature"], score: Score): Shares => ({
  samples: score.answers,
  exact: share(score.answersRight, score.answers),
  symbol: share(score.symbolsRight, score.symbols),
  ...bitsOf(signature, score),
})

const share = (right: number, of: number) => (of === 0 ? 1 : right / of)
