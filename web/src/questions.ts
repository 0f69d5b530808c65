// Questions as typed by users: tasks on binary numbers also accept decimal numbers. It also lists questions
// that break models.

import { random } from "../../src/core/rng.ts"
import type { Operand } from "../../src/tasks/arithmetic-cases.ts"
import { createTask, type HardCase, symbolTask, type Task, taskFamilies } from "../../src/tasks/index.ts"
import type { LoadedModel } from "./engine/messages.ts"

export const taskOf = ({ config }: Pick<LoadedModel, "config">): Task => symbolTask(config.task)

const OPERATOR = /[+*x×]/iu
/** Whether the task is on binary numbers, so that decimal input makes sense. */
export const takesDecimal = (task: Task): boolean =>
  task.vocabulary === null && task.options.base === 2 && OPERATOR.test(task.typed.question)

export type Notation = "binary" | "decimal"

/** Spellings that people use, as the tasks write them. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/[\s_,]/gu, ""],
  [/=$/u, ""],
  [/plus/giu, "+"],
  [/times|[·⋅∙•]/giu, "*"],
]
/** The text with the usual signs: full-width digits, "plus", a final "=". */
const usual = (text: string) => SPELLINGS.reduce((t, [from, to]) => t.replace(from, to), text.normalize("NFKC"))

/** How numbers are read. A digit above 1 can only be decimal. */
export function readAs(task: Task, text: string, notation: Notation): Notation {
  return takesDecimal(task) && (notation === "decimal" || /[2-9]/u.test(usual(text))) ? "decimal" : "binary"
}

/** Converts a question to the task's digits. Errors quote what was typed, not its conversion. */
export function toTask(task: Task, text: string, notation: Notation): string {
  if (task.vocabulary !== null) return text // spaces and commas may be symbols
  const plain = usual(text)
  if (readAs(task, text, notation) === "binary") return plain
  const family = taskFamilies.find(({ name }) => name === task.name)
  if (family && family.bases[1] >= 10) createTask(task.name, { base: 10 }).parse(plain) // throws what is wrong with it
  return plain.replace(/\d+/gu, (digits) => BigInt(digits).toString(2))
}

/** The task's own question, with numbers as people write them. */
export const questionOf = (task: Task, notation: Notation): string =>
  notation === "decimal" && takesDecimal(task) ? toDecimal(task.typed.question) : task.typed.question

/** Whether a task can be asked this. */
export function canAsk(task: Task, text: string, notation: Notation): boolean {
  try {
    ask(task, text, notation)
    return true
  } catch {
    return false // the reason is told where the question was asked
  }
}

/**
 * Whether the first place of the memory holds the last symbol that people write: numbers begin with their
 * lowest digit.
 */
export const isBackwards = (task: Task): boolean =>
  task.vocabulary ? task.vocabulary.backwards : task.formatOutput(Uint8Array.of(1, 2)).startsWith(task.symbols[2] ?? "")

/** Converts every binary number of a text to decimal. */
export const toDecimal = (text: string): string => text.replace(/[01]+/gu, (digits) => BigInt(`0b${digits}`).toString())

export interface Asked {
  readonly input: Uint8Array
  /** In the task's notation. */
  readonly question: string
}

/** Longest question in symbols; the film of a longer one would not fit into memory. */
export const MOST_SYMBOLS = 1001

export function ask(task: Task, text: string, notation: Notation): Asked {
  const input = task.parse(toTask(task, text, notation))
  if (input.length > MOST_SYMBOLS)
    throw new RangeError(
      `${task.name}: this question has ${input.length} symbols, the page shows at most ${MOST_SYMBOLS}`,
    )
  return { input, question: task.formatInput(input) }
}

/** The task's hard cases at a size, each with its question. */
export const hardCases = (task: Task, size: number) =>
  task
    .hardCases(size, random(7, size))
    .map(({ name, hard, input }) => ({ name, hard, question: task.formatInput(input) }))

/** Whether the question has exactly the two numbers that its case describes. */
const isWhole = (hard: HardCase) => !("only" in hard || "rest" in hard)
const operands = (a: Operand, b: Operand) => (hard: HardCase) =>
  hard.family === "operands" && hard.a === a && hard.b === b

/**
 * Titles of well-known hard cases, and predicates that find them. If several match, the last one is the
 * largest.
 */
const famous: readonly { readonly name: (base: number, sign: string) => string; is(hard: HardCase): boolean }[] = [
  { name: (base, sign) => `${base - 1}…${base - 1} ${sign} 1`, is: operands("full", "one") },
  { name: (_, sign) => `0…02 ${sign} 0…02`, is: operands("two", "two") },
  { name: () => "longest carry", is: (hard) => hard.family === "sum-power" },
  { name: () => "all ones", is: (hard) => operands("full", "full")(hard) || operands("ones", "ones")(hard) },
  { name: () => "a palindrome", is: (hard) => hard.family === "palindrome" },
  { name: () => "two blocks", is: (hard) => hard.family === "two-blocks" && hard.first === "lowest" },
]

/** Questions known to break models: the longest carry, 9…9 + 1, 2 · 2. */
export function breakers(task: Task, size: number): { readonly name: string; readonly question: string }[] {
  const cases = hardCases(task, size)
  return famous.flatMap(({ name, is }) => {
    const found = cases.findLast(({ hard }) => isWhole(hard) && is(hard))
    if (!found) return []
    const sign = OPERATOR.exec(found.question)?.[0].replace(/[*x]/iu, "×") ?? ""
    return [{ name: name(task.options.base, sign), question: found.question }]
  })
}

/** A random question; of a task of the user's own, whose examples the page does not have, its sample. */
export function randomQuestion(task: Task, size: number, seed: number): string {
  if (task.vocabulary !== null) return task.vocabulary.sample.question
  return task.formatInput(task.random(size, random(seed, size)).input)
}
