// A task from two functions: one draws questions, the other answers them.

import { UserError } from "../../core/errors.ts"
import { type Random, random } from "../../core/rng.ts"
import { requireSize } from "../options.ts"
import type { Example, HardExample, Suggested, Tokens } from "../task.ts"
import { quote } from "../typing.ts"
import { type OwnTask, ownTask } from "./task.ts"
import { Codec, MOST_SYMBOLS, placesFor, split } from "./vocabulary.ts"

export interface TaskDefinition {
  /** Names the task in messages and folders: letters, digits and hyphens. */
  readonly name: string
  /** All symbols of questions and answers: the characters of a text, or a list of characters or words. */
  readonly symbols: string | readonly string[]
  /**
   * Draws a question of a size. Longer sizes must have longer questions. Use only `random` for random
   * numbers: a resumed run then draws the same questions.
   */
  question(size: number, random: Random): string
  /** The right answer to a question. */
  answer(question: string): string
  /**
   * Draws a question that is harder than most; training mixes them in, and the goal measures them. By
   * default, there are none.
   */
  hard?(size: number, random: Random): string
  /** What a symbol is; "characters" by default. */
  readonly tokens?: Tokens
  /** Read questions and answers from their last symbol, as numbers need it; false by default. */
  readonly backwards?: boolean
  /** Sizes to train on, and the size of the goal; by default, those of the config. */
  readonly sizes?: Suggested["sizes"]
  readonly goal?: number
}

/** Questions that decide how many places a task needs, for each of the smallest sizes. */
const PROBES = 16
const PROBED_SIZES = 12
/** Hard questions of one size that the goal measures. */
const HARD_CASES = 16

/**
 * Defines a task by a function that draws questions and one that answers them.
 * @throws UserError if a question or an answer has other symbols, or a question is empty
 * @example
 * export const task = defineTask({
 *   name: "reversal",
 *   symbols: "abc",
 *   question: (size, random) => Array.from({ length: size }, () => "abc"[random.below(3)]).join(""),
 *   answer: (question) => [...question].reverse().join(""),
 * })
 */
export function defineTask(definition: TaskDefinition): OwnTask {
  const { name, tokens = "characters", backwards = false, hard, sizes, goal } = definition
  requireDefinition(definition)
  const symbols = typeof definition.symbols === "string" ? [...definition.symbols] : definition.symbols
  const probes = Array.from({ length: PROBED_SIZES * PROBES }, (_, i) => {
    const question = definition.question(1 + Math.floor(i / PROBES), random(i))
    return { question, answer: definition.answer(question) }
  })
  const lengths = probes.map(
    ({ question, answer }) => [split(question, tokens).length, split(answer, tokens).length] as const,
  )
  const sample = probes[PROBES * 4]
  const codec = new Codec({ symbols: [...new Set(symbols)], tokens, backwards, places: placesFor(lengths), sample })
  const exampleOf = (question: string): Example => {
    const answer = definition.answer(question)
    const example = codec.example(question, answer, name)
    if (example) return example
    throw new UserError(
      `${name}: the answer ${quote(answer)} to ${quote(question)} is longer than those of short questions`,
    )
  }
  for (const { question } of probes) exampleOf(question) // refuses unknown symbols at once
  const longest = new Map<number, number>()
  /** Symbols of the longest of some questions of a size. */
  const questionLength = (size: number): number => {
    const known = longest.get(size)
    if (known !== undefined) return known
    const drawn = Array.from(
      { length: PROBES },
      (_, i) => split(definition.question(size, random(i, size)), tokens).length,
    )
    longest.set(size, Math.max(...drawn))
    return questionLength(size)
  }
  const draw = (question: TaskDefinition["question"]) => (size: number, choose: Random) => {
    requireSize(name, size)
    return exampleOf(question(size, choose))
  }
  const hardOf = hard?.bind(definition)
  const task = ownTask(name, codec, {
    questionLength,
    sizeOf: (length) => largestSize(questionLength, length),
    random: draw(definition.question.bind(definition)),
    hard: draw(hardOf ?? definition.question.bind(definition)),
    hardCases: (size, choose): HardExample[] =>
      hardOf === undefined
        ? []
        : Array.from({ length: HARD_CASES }, (_, i) => ({
            ...draw(hardOf)(size, choose),
            name: `hard question ${i + 1}`,
            hard: { family: "own" },
          })),
    families: hardOf === undefined ? [] : [{ name: "hard questions", draw: draw(hardOf) }],
    answer: (question) => definition.answer(question),
    pairs: null,
  })
  const suggested = { sizes: sizes ?? null, goal: goal === undefined ? {} : { size: goal } }
  return {
    kind: "own task",
    spec: { name, vocabulary: codec.vocabulary },
    pairs: null,
    notes: [],
    found: { kind: "symbols", task, minSize: 1, suggested, hasHard: hard !== undefined },
  }
}

function requireDefinition({ name, symbols, question, answer }: TaskDefinition): void {
  const expected = "defineTask: expected { name, symbols, question, answer }"
  if (typeof name !== "string" || !/^[a-z0-9][a-z0-9-]*$/iu.test(name))
    throw new UserError(`${expected} with a name of letters, digits and hyphens, got ${JSON.stringify(name)}`)
  const count = typeof symbols === "string" ? [...symbols].length : Array.isArray(symbols) ? symbols.length : 0
  if (count < 1 || count > MOST_SYMBOLS)
    throw new UserError(`${expected} with 1 to ${MOST_SYMBOLS} symbols, got ${JSON.stringify(symbols)?.slice(0, 60)}`)
  if (typeof question !== "function" || typeof answer !== "function")
    throw new UserError(`${expected} with functions for question and answer`)
}

/** The largest size whose questions have at most this many symbols; 0 if none. */
function largestSize(lengthOf: (size: number) => number, length: number): number {
  if (lengthOf(1) > length) return 0
  let [fits, tooLarge] = [1, 2]
  while (lengthOf(tooLarge) <= length && tooLarge < 2 ** 20) [fits, tooLarge] = [tooLarge, 2 * tooLarge]
  while (tooLarge - fits > 1) {
    const middle = (fits + tooLarge) >> 1
    if (lengthOf(middle) <= length) fits = middle
    else tooLarge = middle
  }
  return fits
}
