// The training examples of a step, drawn from streams that are named by the step.

import type { Block } from "../backends/backend.ts"
import { type Random, random, Stream } from "../core/rng.ts"
import { type AnyExample, blocksOf, type Encoding } from "../encoding/encoding.ts"
import type { Sizes } from "./sizes.ts"

/** Examples of one group, with the blocks that carry them. */
export interface Group<E extends AnyExample = AnyExample> {
  readonly size: number
  readonly examples: readonly E[]
  readonly blocks: readonly Block[]
}

/** Of the hard examples in training, this share is taken from the task's list; the others have free parameters. */
const LISTED_SHARE = 0.25

/** What techniques say of how examples are drawn. */
export interface Draw {
  /** Share of hard examples. */
  readonly hardShare: number
  /** An input of this size that is to be asked again, if there is one. */
  again(size: number, random: Random): Uint8Array | undefined
}

/** Random examples only. */
export const plainDraw: Draw = { hardShare: 0, again: () => undefined }

export interface Source extends Draw {
  readonly sizes: Sizes
  /** Examples of each group. */
  readonly batchSize: number
}

/** The training examples of a step: each group of one size drawn for it. `words` name the run's random numbers. */
export function drawGroups<E extends AnyExample>(
  encoding: Encoding<E>,
  { sizes, batchSize, hardShare, again }: Source,
  step: number,
  words: readonly number[],
): Group<E>[] {
  const weight = 1 / (sizes.length * batchSize)
  return sizes.map(([from, to], group) => {
    const choose = random(...words, Stream.data, step, group)
    const size = from + choose.below(to - from + 1)
    let listed: readonly E[] | undefined
    const draw = (): E => {
      const input = again(size, choose)
      if (input) return encoding.asked(input)
      if (choose.uniform() >= hardShare) return encoding.random(size, choose)
      if (choose.uniform() >= LISTED_SHARE) return encoding.hard(size, choose)
      listed ??= encoding.hardCases(size, choose)
      return listed[choose.below(listed.length)]
    }
    const examples = Array.from({ length: batchSize }, draw)
    return { size, examples, blocks: blocksOf(encoding, examples, group * batchSize, weight, choose) }
  })
}
