// The training examples of a step, drawn from streams that are named by the step.

import type { Block } from "../backends/backend.ts"
import { type Random, random, Stream } from "../core/rng.ts"
import { type AnyExample, blocksOf, type Encoding } from "../encoding/encoding.ts"
import type { BatchConfig } from "./config.ts"

/** Examples of one group, with the blocks that carry them. */
export interface Group<E extends AnyExample = AnyExample> {
  readonly size: number
  readonly examples: readonly E[]
  readonly blocks: readonly Block[]
}

/** Of the structured examples in training, this share is taken from the task's list; the others are `hard` ones with free parameters. */
const LISTED_SHARE = 0.25

/** What a step's examples are drawn from. */
export interface Source extends BatchConfig {
  /** An input of this size that is to be asked again, if there is one. */
  readonly again?: (size: number, random: Random) => Uint8Array | undefined
  /** Steps that training may take beyond those of an answer. */
  readonly hold?: number
}

/** The training examples of a step: each group of one size drawn for it. `words` name the run's random numbers. */
export function drawGroups<E extends AnyExample>(
  encoding: Encoding<E>,
  config: Source,
  step: number,
  ...words: number[]
): Group<E>[] {
  const weight = 1 / (config.groups.length * config.examples)
  return config.groups.map(([from, to], group) => {
    const choose = random(...words, Stream.data, step, group)
    const size = from + choose.below(to - from + 1)
    let listed: readonly E[] | undefined
    const draw = (): E => {
      const input = config.again?.(size, choose)
      if (input) return encoding.asked(input)
      if (choose.uniform() >= config.structured) return encoding.random(size, choose)
      if (choose.uniform() >= LISTED_SHARE) return encoding.hard(size, choose)
      listed ??= encoding.structured(size, choose)
      return listed[choose.below(listed.length)]
    }
    const examples = Array.from({ length: config.examples }, draw)
    const blocks = blocksOf(encoding, examples, group * config.examples, weight, choose, config.hold)
    return { size, examples, blocks }
  })
}
