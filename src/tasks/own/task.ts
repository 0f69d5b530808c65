// A task of the user's own on symbols: what its vocabulary reads and writes, with the examples of some source.

import { isObject } from "../../core/checks.ts"
import { UserError } from "../../core/errors.ts"
import type { Random } from "../../core/rng.ts"
import type { Example, Family, HardExample, Pairs, Suggested, Task, Vocabulary } from "../task.ts"
import type { Pair } from "./pairs.ts"
import { Codec } from "./vocabulary.ts"

/** A task of the user's own: `task` of a config, with its examples. */
export interface OwnTask {
  readonly kind: "own task"
  /** Plain JSON: enough to ask a trained model. */
  readonly spec: { readonly name: string; readonly vocabulary: Vocabulary }
  /** The task with its examples. */
  readonly found: OwnFound
  /** The pairs, if the task is a list of them; null if functions make its examples. */
  readonly pairs: { readonly training: readonly Pair[]; readonly tests: readonly Pair[] } | null
  /** What will be learned, and what is odd in it, in sentences. */
  readonly notes: readonly string[]
}

export const isOwnTask = (x: unknown): x is OwnTask => isObject(x) && x.kind === "own task"

export interface OwnFound {
  readonly kind: "symbols"
  readonly task: Task
  readonly minSize: number
  readonly suggested: Suggested
  readonly hasHard: boolean
}

/** Where the examples come from. */
export interface OwnExamples {
  /** Symbols of the longest question of a size. */
  questionLength(size: number): number
  /** The largest size whose questions have at most this many symbols. */
  sizeOf(questionLength: number): number
  random(size: number, random: Random): Example
  hard(size: number, random: Random): Example
  hardCases(size: number, random: Random): HardExample[]
  /** The right answer to a question as typed; undefined if nobody knows it. */
  answer(question: string): string | undefined
  readonly families: readonly Family[]
  readonly pairs: Pairs | null
}

export function ownTask(name: string, codec: Codec, examples: OwnExamples): Task {
  const { vocabulary } = codec
  const { random, hard, hardCases, families, pairs } = examples
  return {
    name,
    vocabulary,
    options: { base: vocabulary.symbols.length, output: "stripped" },
    symbols: codec.symbols,
    typed: vocabulary.sample,
    minSize: 1,
    length: (size) => codec.places(examples.questionLength(size)),
    sizeOf: (length) => examples.sizeOf(codec.fitting(length)),
    random,
    hard,
    hardCases,
    families,
    pairs,
    oracle(input) {
      const question = codec.text(input)
      const answer = examples.answer(question)
      return answer === undefined ? undefined : codec.example(question, answer, name)?.target
    },
    parse: (text) => codec.question(text, name),
    formatInput: (input) => codec.text(input),
    formatOutput: (output) => codec.whole(output),
    formatAnswer: (output) => codec.text(output),
  }
}

/** The task of a stored vocabulary. It parses and displays; nobody knows its answers. */
export function askedTask(name: string, vocabulary: Vocabulary): Task {
  const refuse = (): never => {
    throw new UserError(
      `${name}: got no examples, expected the run's own; give them with --data or --task, or pass the task`,
    )
  }
  return ownTask(name, new Codec(vocabulary), {
    questionLength: (size) => size,
    sizeOf: (length) => length,
    random: refuse,
    hard: refuse,
    hardCases: () => [],
    families: [],
    answer: () => undefined,
    pairs: null,
  })
}
