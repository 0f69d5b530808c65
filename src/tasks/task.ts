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

/** Why an example is hard, as data. test/tasks/hard-cases.test.ts checks each family. */
export type HardCase = ArithmeticCase | SequenceCase

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
  /** The right answer to an input, computed independently of the generator (BigInt, plain sorting). */
  oracle(input: Uint8Array): Uint8Array
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

export interface TaskFamily {
  readonly name: string
  readonly summary: string
  /** The unit of a size, such as "digits of each number". */
  readonly sizes: string
  readonly defaults: TaskOptions
  /** The possible bases, inclusive. */
  readonly bases: readonly [number, number]
  create(options: TaskOptions): Task
}
