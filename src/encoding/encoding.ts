// What a kind of task is to the trainer: how its examples are drawn, become lane blocks, and are scored. The trainer knows no kind.

import type { Block } from "../backends/backend.ts"
import { LANES } from "../core/lanes.ts"
import type { Random } from "../core/rng.ts"
import type { Signature } from "../models/index.ts"
import type { ImageExample } from "../tasks/images/index.ts"
import type { Example } from "../tasks/task.ts"
import type { VectorExample } from "../tasks/vectors/index.ts"

export type AnyExample = Example | VectorExample | ImageExample

/** Whether an example's input is symbols. */
export const isSymbols = (example: AnyExample): example is Example =>
  "input" in example && example.input instanceof Uint8Array

/** Examples of one task. */
export interface Part<E extends AnyExample = AnyExample> {
  readonly name?: string
  random(size: number, random: Random): E
  hardCases(size: number, random: Random): readonly E[]
}

export interface Encoding<E extends AnyExample = AnyExample> {
  readonly signature: Signature
  /** Of several tasks that are learned together: each of them by itself, for evaluation. */
  readonly parts?: readonly Part<E>[]
  /** Steps of the model's scan for examples of so many places. */
  steps(length: number): number
  /** Places of the longest example of a size. */
  length(size: number): number
  random(size: number, random: Random): E
  /** A random hard example of this size, for training; tasks that know none give a random one. */
  hard(size: number, random: Random): E
  /** Whether there are hard examples of this size. */
  hasHard(size: number): boolean
  /** The hard cases of this size; none, where a task has none. */
  hardCases(size: number, random: Random): readonly E[]
  /** The example with this input, where a task can tell the answer. */
  asked(input: Uint8Array): E
  /** An example of this size that differs from this input at a few places, where a task can tell the answer. */
  near(input: Uint8Array, size: number, random: Random): E
  /** One lane block of up to LANES examples. `weight`: what each example counts. Training passes `choose`, for steps drawn at random. */
  block(examples: readonly E[], firstExample: number, weight: number, choose?: Random): Block
  /** Compares answers to targets; `logits` of each block. `right`: which answers are right as a whole. */
  score(examples: readonly E[], logits: readonly Float32Array[]): Score & { readonly right: readonly boolean[] }
  /** Cross-entropy of the worst place of each answer in nats, where a task can tell the answer; `logits` of each block. */
  worst(examples: readonly E[], logits: readonly Float32Array[]): number[]
}

/** How many symbols (or bits) and whole answers are right, by the likeliest at each place that counts. */
export interface Score {
  readonly symbols: number
  readonly symbolsRight: number
  readonly answers: number
  readonly answersRight: number
  /** Cross-entropy of all answers in bits, and what the best predictor would pay; 0 where it is not measured (symbols). */
  readonly bits: number
  readonly bound: number
}

export const noScore: Score = { symbols: 0, symbolsRight: 0, answers: 0, answersRight: 0, bits: 0, bound: 0 }
export const addScores = (a: Score, b: Score): Score => ({
  symbols: a.symbols + b.symbols,
  symbolsRight: a.symbolsRight + b.symbolsRight,
  answers: a.answers + b.answers,
  answersRight: a.answersRight + b.answersRight,
  bits: a.bits + b.bits,
  bound: a.bound + b.bound,
})

/** What is told of a score of vectors: mean bits of a whole answer, and of the best predictor's; of anything else, nothing. */
export const bitsOf = ({ kind }: Signature, { bits, bound, answers }: Score): { bits?: number; bound?: number } =>
  kind !== "vectors" ? {} : { bits: bits / answers, ...(bound > 0 ? { bound: bound / answers } : {}) }

/** Blocks of a list of examples. A block is as long as its longest example. */
export function blocksOf<E extends AnyExample>(
  encoding: Encoding<E>,
  examples: readonly E[],
  firstExample: number,
  weight: number,
  choose?: Random,
): Block[] {
  const blocks: Block[] = []
  for (let start = 0; start < examples.length; start += LANES)
    blocks.push(encoding.block(examples.slice(start, start + LANES), firstExample + start, weight, choose))
  return blocks
}
