// The interface of a task: symbols, a layout per size, random and hard examples, and an oracle that shares no
// code with the generator. A new task is one file that exports a `TaskFamily`, and one line in index.ts. The
// layout follows [KS16 §3]: least significant digit first, operands side by side.

import type { Random } from "../core/rng.ts"
import type { ArithmeticCase } from "./arithmetic-cases.ts"
import type { SequenceCase } from "./sequence-cases.ts"

/** Symbol 0 of every task: an empty place. */
export const PAD = 0

/** A question and its answer, both of `length(size)` symbols, with PAD at empty places. */
export interface Example {
  readonly input: Uint8Array // [L] symbol numbers
  readonly target: Uint8Array // [L] symbol numbers
}

/** A question and its answer as written by people. */
export interface TypedExample {
  readonly question: string
  readonly answer: string
}

export const tokenKinds = ["characters", "words"] as const
export type Tokens = (typeof tokenKinds)[number]

/** How many places a question of n symbols and its answer take: times · n + plus. */
export interface Places {
  readonly times: number
  readonly plus: number
}

/** What a task of the user's own reads and writes. */
export interface Vocabulary {
  /** The symbols: characters (Unicode code points) or words. Symbol number n of the task is symbols[n − 1]. */
  readonly symbols: readonly string[]
  readonly tokens: Tokens
  /** Whether texts are read from their last symbol to their first, as numbers are when they are added. */
  readonly backwards: boolean
  readonly places: Places
  /** A question and its answer, for help and messages. */
  readonly sample: TypedExample
}

/** Why an example is hard, as data. test/tasks/hard-cases.test.ts checks each family. */
export type HardCase = ArithmeticCase | SequenceCase | { readonly family: "own" }

/** A hard example with its description, as text for reports and as data for lookups. */
export interface HardExample extends Example {
  readonly name: string
  readonly hard: HardCase
}

/** A named way to draw hard questions. Training does not draw from it, the attack and `eval --structured` do. */
export interface Family {
  readonly name: string
  draw(size: number, random: Random): Example
}

export interface TaskOptions {
  /** Base of the digits (arithmetic), or number of different symbols (sequences). */
  readonly base: number
  /**
   * How an answer fills its L places: "padded" with leading zeros (default), or "stripped" and followed by
   * PAD [KS16 §3].
   */
  readonly output: "padded" | "stripped"
}

export interface Task {
  readonly name: string
  /** What a task of the user's own reads and writes; null for a task of this package. */
  readonly vocabulary: Vocabulary | null
  readonly options: TaskOptions
  /** The character of each symbol, as typed and displayed; [0] is PAD, displayed as "_". */
  readonly symbols: readonly string[]
  /** A sample question and answer as typed, for lists and help: { question: "1011+110", answer: "10001" }. */
  readonly typed: TypedExample
  /**
   * If several tasks are learned together: each task in the shared symbols, and a function from a question to
   * its task.
   */
  readonly parts?: { readonly tasks: readonly Task[]; of(input: Uint8Array): Task }
  /** The smallest meaningful size. */
  readonly minSize: number
  /** Number of symbols of inputs and outputs of this size. */
  length(size: number): number
  /** The largest size whose length is at most `length`; 0 if none fits. */
  sizeOf(length: number): number
  /** A random example, uniform over the operands of this size. */
  random(size: number, random: Random): Example
  /** A random hard example of this size, for training: runs, long carries, special numbers. */
  hard(size: number, random: Random): Example
  /** The hard cases of this size (long carries, zeros, equal operands, ...). It may draw from `random`. */
  hardCases(size: number, random: Random): HardExample[]
  /** Families of hard questions (families/); empty if the task has none. */
  readonly families: readonly Family[]
  /**
   * The right answer to an input, computed independently of the generator (BigInt, plain sorting). Undefined
   * if nobody knows it: a task from pairs knows the answers of its pairs only.
   */
  oracle(input: Uint8Array): Uint8Array | undefined
  /** The pairs of a task that has a list of them; null if its examples are generated. */
  readonly pairs: Pairs | null
  /** Parses a typed question such as "1011+110" into symbols. Throws a UserError if it is not one. */
  parse(text: string): Uint8Array
  /** An input as written by people. */
  formatInput(input: Uint8Array): string
  /**
   * An output as written by people, one character per symbol, for comparison by position. Numbers have the
   * most significant digit first.
   */
  formatOutput(output: Uint8Array): string
  /** An output without the zeros or PAD that only fill the length. */
  formatAnswer(output: Uint8Array): string
}

/** What a task suggests for a config: sizes to train on, and the goal. Null and left out: the config's defaults. */
export interface Suggested {
  readonly sizes: readonly (readonly [number, number])[] | null
  readonly goal: { readonly size?: number; readonly samples?: number; readonly times?: number }
}

/** A fixed list of examples: some for training, the others for tests. Sizes are lengths of questions. */
export interface Pairs {
  /**
   * The training examples of a step, all of one size. An epoch visits each pair once, in an order that the
   * stream's words and the epoch decide.
   * @param sizes from the shortest to the longest
   * @param count number of examples
   */
  batch(sizes: readonly [number, number], count: number, step: number, words: readonly number[]): PairBatch
  /** The test examples of a size, and of shorter ones: all, or as many as wanted. */
  tests(size: number, samples: number, random: Random): readonly Example[]
  /** The training examples of a size, or of the next shorter size that has some. */
  trained(size: number, samples: number, random: Random): readonly Example[]
  /** The test examples by size, in rising order. */
  readonly testSizes: ReadonlyMap<number, readonly Example[]>
}

export interface PairBatch {
  readonly size: number
  readonly examples: readonly Example[]
}

/** A task that generates its examples and knows the answer to every question. */
export interface KnownTask extends Task {
  readonly vocabulary: null
  readonly pairs: null
  readonly parts?: { readonly tasks: readonly KnownTask[]; of(input: Uint8Array): KnownTask }
  oracle(input: Uint8Array): Uint8Array
}

/** The members that all tasks of this package have in common. */
export const ofPackage = { pairs: null, vocabulary: null } as const

export interface TaskFamily {
  readonly name: string
  readonly summary: string
  /** The unit of a size, such as "digits of each number". */
  readonly sizes: string
  readonly defaults: TaskOptions
  /** The possible bases, inclusive. */
  readonly bases: readonly [number, number]
  create(options: TaskOptions): KnownTask
}
