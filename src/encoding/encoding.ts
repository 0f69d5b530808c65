// The encoding of one kind of task: draws its examples, packs them into lane blocks and scores the outputs.
// The trainer itself is independent of the kind.

import type { Block } from "../backends/backend.ts"
import { LANES } from "../core/lanes.ts"
import type { Random } from "../core/rng.ts"
import type { Signature } from "../models/index.ts"
import type { ImageExample } from "../tasks/images/index.ts"
import type { Example, Pairs } from "../tasks/task.ts"
import type { VectorExample } from "../tasks/vectors/index.ts"

export type AnyExample = Example | VectorExample | ImageExample

/** Whether an example's input is symbols. */
export const isSymbols = (example: AnyExample): example is Example =>
  "input" in example && example.input instanceof Uint8Array

/** The examples of one task. */
export interface Part<E extends AnyExample = AnyExample> {
  readonly name?: string
  /** The examples of a task that is a list of pairs; null if they are generated. */
  readonly pairs: Pairs | null
  random(size: number, random: Random): E
  hardCases(size: number, random: Random): readonly E[]
  /** Families of worst-case questions; empty if the task has none. */
  readonly families: readonly { readonly name: string; draw(size: number, random: Random): E }[]
}

export interface Encoding<E extends AnyExample = AnyExample> {
  readonly signature: Signature
  readonly pairs: Pairs | null
  /** If several tasks are trained together: each task separately, for evaluation. */
  readonly parts?: readonly Part<E>[]
  /** Scan steps of the model for examples of this length. */
  steps(length: number): number
  /** Length of the longest example of a size. */
  length(size: number): number
  random(size: number, random: Random): E
  /** A random hard example of this size, for training; an ordinary one if the task defines none. */
  hard(size: number, random: Random): E
  /** Whether the task defines hard examples of this size. */
  hasHard(size: number): boolean
  /** The hard cases of this size; empty if the task defines none. */
  hardCases(size: number, random: Random): readonly E[]
  readonly families: Part<E>["families"]
  /** The example with this input. Throws if nobody knows the answer. */
  asked(input: Uint8Array): E
  /** The example with this question, as typed. Throws a UserError if it is not a question. */
  typed(question: string): E
  /**
   * An example of this size that differs from this input in a few places. Throws if the task cannot compute
   * the answer.
   */
  near(input: Uint8Array, size: number, random: Random): E
  /**
   * Packs up to LANES examples into a lane block. `weight` is the loss weight of each example. Training
   * passes `choose`, to draw a random number of steps.
   */
  block(examples: readonly E[], firstExample: number, weight: number, choose?: Random): Block
  /**
   * Compares answers with targets, given the `logits` of each block. `right` tells which whole answers are
   * right.
   */
  score(examples: readonly E[], logits: readonly Float32Array[]): Score & { readonly right: readonly boolean[] }
  /**
   * The cross-entropy, in nats, of the worst place of each answer, given the `logits` of each block. Throws
   * if the task cannot compute the answer.
   */
  worst(examples: readonly E[], logits: readonly Float32Array[]): number[]
}

/** The parts of an encoding without pairs, hard cases or computable answers. Asking for an answer throws `why`. */
export function withoutHardCases(why: string) {
  const refuse = () => {
    throw new Error(why)
  }
  return {
    pairs: null,
    hasHard: () => false,
    hardCases: () => [],
    families: [],
    asked: refuse,
    typed: refuse,
    near: refuse,
    worst: refuse,
  }
}

/** How many symbols (or bits) and whole answers are right, by the argmax at each place that counts. */
export interface Score {
  readonly symbols: number
  readonly symbolsRight: number
  readonly answers: number
  readonly answersRight: number
  /**
   * Cross-entropy of all answers in bits, and that of the best possible predictor; both are 0 for symbols.
   */
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

/** For vectors: mean bits per answer, and those of the best possible predictor; otherwise empty. */
export const bitsOf = ({ kind }: Signature, { bits, bound, answers }: Score): { bits?: number; bound?: number } =>
  kind !== "vectors" ? {} : { bits: bits / answers, ...(bound > 0 ? { bound: bound / answers } : {}) }

/** Splits examples into lane blocks. The length of a block is that of its longest example. */
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
