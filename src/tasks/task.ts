// What a task is: symbols, a layout by size, random and hard examples, and an oracle that shares no code with the
// generator. Adding a task is one file that exports a `TaskFamily` and one line in index.ts.
// Layout after Kaiser & Sutskever 2016 §3: least significant digit first, operands side by side.

import type { Random } from "../core/rng.ts"
import type { ArithmeticCase } from "./arithmetic-cases.ts"
import type { SequenceCase } from "./sequence-cases.ts"

/** Symbol 0 of every task: nothing stands here. */
export const PAD = 0

/** One question with its answer: both `length(size)` symbols long, PAD where nothing stands. */
export interface Example {
  readonly input: Uint8Array // [L] symbol numbers
  readonly target: Uint8Array // [L] symbol numbers
}

/** One question with its answer, as a person writes them. */
export interface TypedExample {
  readonly question: string
  readonly answer: string
}

/** What is hard about an example, as data: test/tasks/hard-cases.test.ts says what each family promises. */
export type HardCase = ArithmeticCase | SequenceCase

/** A hard example says what it is: in words, so that a failure can be named, and as data, to find it by. */
export interface HardExample extends Example {
  readonly name: string
  readonly hard: HardCase
}

export interface TaskOptions {
  /** Base of the digits (arithmetic) or number of different symbols (sequences). */
  readonly base: number
  /** How an answer fills its L places: "padded" with leading zeros (default), or "stripped" and then PAD [KS16, §3]. */
  readonly output: "padded" | "stripped"
}

export interface Task {
  readonly name: string
  readonly options: TaskOptions
  /** Symbol number to the one character that a person types or reads; [0] is PAD, shown as "_". */
  readonly symbols: readonly string[]
  /** A question and its answer as a person writes them, for lists and help: { question: "1011+110", answer: "10001" }. */
  readonly typed: TypedExample
  /** Of several tasks that are learned together: each of them, in the symbols that they share, and the one that a question belongs to. */
  readonly parts?: { readonly tasks: readonly Task[]; of(input: Uint8Array): Task }
  /** The smallest size that makes sense. */
  readonly minSize: number
  /** Symbols in input and output of this size. */
  length(size: number): number
  /** The largest size whose length is at most `length`; 0 if none fits. */
  sizeOf(length: number): number
  /** A random example, uniform over the operands of this size. */
  random(size: number, random: Random): Example
  /** A random hard example of this size, for training: runs, long carries, special numbers, with free parameters. */
  hard(size: number, random: Random): Example
  /** The hard cases of this size (long carries, zeros, equal operands, ...); may draw from `random`. */
  hardCases(size: number, random: Random): HardExample[]
  /** The right answer to an input, worked out independently of the generator (BigInt, plain sorting). */
  oracle(input: Uint8Array): Uint8Array
  /** A typed question, as people write it ("1011+110"), as symbols; throws a UserError sentence when it cannot be one. */
  parse(text: string): Uint8Array
  /** An input as people write it. */
  formatInput(input: Uint8Array): string
  /** An output as people write it (most significant digit first for numbers), one character a symbol; wrong ones are found by comparing positions. */
  formatOutput(output: Uint8Array): string
  /** An output as a person would write the answer: formatOutput without the zeros or PADs that only fill the length. */
  formatAnswer(output: Uint8Array): string
}

export interface TaskFamily {
  readonly name: string
  readonly summary: string
  /** What a size counts, such as "digits of each number". */
  readonly sizes: string
  readonly defaults: TaskOptions
  /** Which bases are possible, inclusive. */
  readonly bases: readonly [number, number]
  create(options: TaskOptions): Task
}
