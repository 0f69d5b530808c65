// Evaluation scores whole answers, one wave of examples at a time. Control returns to the caller between
// waves.

import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { type Random, random, Stream } from "../core/rng.ts"
import {
  type AnyExample,
  addScores,
  bitsOf,
  type Encoding,
  noScore,
  type Part,
  type Score,
} from "../encoding/encoding.ts"

/** The progress of an evaluation before one of its waves. */
export interface Wave {
  readonly size: number
  /** Length of the longest example of this size, in places. */
  readonly length: number
  /** Examples scored so far, and examples in total. */
  readonly done: number
  readonly of: number
}

/** Examples of one size, drawn when they are needed. */
export interface Examples {
  readonly size: number
  readonly count: number
  take(n: number): readonly AnyExample[]
}

/**
 * Fresh examples of a task: random ones, or all its hard cases of this size. A task of pairs gives its test
 * pairs of this size and of smaller ones.
 * @param size the largest size of an example
 * @param options.samples number of random examples; hard cases have their own number
 * @param options.stream random numbers; the same stream gives the same examples, whatever the wave size
 */
export function freshExamples(
  part: Part,
  size: number,
  { samples, hard, stream }: { samples: number; hard: boolean; stream: Random },
): Examples {
  if (hard) return listedExamples(size, part.hardCases(size, stream))
  if (part.pairs) return listedExamples(size, part.pairs.tests(size, samples, stream))
  return { size, count: samples, take: (n) => Array.from({ length: n }, () => part.random(size, stream)) }
}

/** Stands for a step number in random streams. No training step uses it. */
const NEVER_A_STEP = -1

/**
 * Fresh examples for an evaluation that belongs to no training: random ones, hard cases, or of a family.
 * @throws UserError if the task has no such family
 */
export function drawnExamples(
  part: Part,
  size: number,
  options: { samples: number; hard?: boolean; family?: string | undefined; seed?: number },
): Examples {
  const { samples, hard = false, family, seed = 1 } = options
  const index = part.families.findIndex(({ name }) => name === family)
  if (family !== undefined && index < 0)
    throw new UserError(`evaluate: got the family ${family}, expected one of the task's families`)
  // 0: random, 1: hard cases, from 2 on: families
  const stream = random(seed, Stream.evaluation, NEVER_A_STEP, size, family === undefined ? Number(hard) : 2 + index)
  const draw = family === undefined ? part.random : part.families[index].draw
  return freshExamples({ ...part, random: draw }, size, { samples, hard, stream })
}

/** Examples of all families of worst cases by turns, `samples` of each. */
export function familyExamples({ families }: Part, size: number, samples: number, stream: Random): Examples {
  let taken = 0
  const take = (n: number) => Array.from({ length: n }, () => families[taken++ % families.length].draw(size, stream))
  return { size, count: samples * families.length, take }
}

export function listedExamples(size: number, examples: readonly AnyExample[]): Examples {
  let taken = 0
  const take = (n: number) => examples.slice(taken, (taken += n))
  return { size, count: examples.length, take }
}

export interface WaveOptions {
  /** Lane blocks in one wave. */
  readonly blocks: number
  /** Stop after the first wave with a wrong answer. This is enough to know that not all answers are right. */
  readonly untilWrong: boolean
}

/** Scores a wave of examples. */
export type ScoreWave = (examples: readonly AnyExample[]) => Promise<Score>

/**
 * Scores examples and yields the progress before each wave. Memory grows with the length of an example, not
 * with length times steps.
 */
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

/** A score as shares. */
export interface Shares {
  readonly samples: number
  /** Share of answers that are right as a whole; 1 without examples. */
  readonly exact: number
  /** Share of right symbols or, for tasks on vectors, right bits. */
  readonly symbol: number
  /**
   * Tasks on vectors: mean cross-entropy of a sequence in bits. `bound` is that of the best possible
   * predictor.
   */
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
