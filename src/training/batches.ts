// Draws the training examples of a step, from random streams that are named by the step.

import type { Block } from "../backends/backend.ts"
import { type Random, random, Stream } from "../core/rng.ts"
import { type AnyExample, blocksOf, type Encoding } from "../encoding/encoding.ts"
import type { Sizes } from "./sizes.ts"

/** Examples of one group, and the lane blocks that hold them. */
export interface Group<E extends AnyExample = AnyExample> {
  readonly size: number
  readonly examples: readonly E[]
  readonly blocks: readonly Block[]
}

/** Share of the hard examples that come from the task's list. The others are drawn with random parameters. */
const LISTED_SHARE = 0.25

/** How techniques change the drawing of examples. */
export interface Draw {
  /** Share of hard examples. */
  readonly hardShare: number
  /** A question of this size, as typed, from a list that the user gave, if one is due. */
  given(size: number, random: Random): string | undefined
  /** An input of this size that the model should see again, if there is one. */
  again(size: number, random: Random): Uint8Array | undefined
}

/** Random examples only. */
export const plainDraw: Draw = { hardShare: 0, given: () => undefined, again: () => undefined }

export interface Source extends Draw {
  readonly sizes: Sizes
  /** Examples of each group. */
  readonly batchSize: number
}

/**
 * Draws the examples of a step. Each group draws one size for all its examples. `words` name the run's random
 * streams.
 */
export function drawGroups<E extends AnyExample>(
  encoding: Encoding<E>,
  { sizes, batchSize, hardShare, given, again }: Source,
  step: number,
  words: readonly number[],
): Group<E>[] {
  const weight = 1 / (sizes.length * batchSize)
  return sizes.map(([from, to], group) => {
    const choose = random(...words, Stream.data, step, group)
    const batch = encoding.pairs?.batch([from, to], batchSize, step, words)
    const size = batch?.size ?? from + choose.below(to - from + 1)
    let listed: readonly E[] | undefined
    const draw = (_: unknown, i: number): E => {
      const question = given(size, choose)
      if (question !== undefined) return encoding.typed(question)
      const input = again(size, choose)
      if (input) return encoding.asked(input)
      if (batch) return batch.examples[i] as E
      if (choose.uniform() >= hardShare || !encoding.hasHard(size)) return encoding.random(size, choose)
      if (choose.uniform() >= LISTED_SHARE) return encoding.hard(size, choose)
      listed ??= encoding.hardCases(size, choose)
      return listed[choose.below(listed.length)]
    }
    const examples = Array.from({ length: batchSize }, draw)
    return { size, examples, blocks: blocksOf(encoding, examples, group * batchSize, weight, choose) }
  })
}
