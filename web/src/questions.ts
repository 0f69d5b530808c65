// What people type, as a question of the task: decimal numbers become binary for tasks on binary numbers; and
// questions that break things.

import { random } from "../../src/core/rng.ts"
import type { Operand } from "../../src/tasks/arithmetic-cases.ts"
import { createTask, type HardCase, type Task } from "../../src/tasks/index.ts"
import type { LoadedModel } from "./engine/messages.ts"

export const taskOf = ({ config }: Pick<LoadedModel, "config">): Task => createTask(config.task.name, config.task)

const OPERATOR = /[+*x×]/iu
/** Tasks on binary numbers, where decimal typing makes sense. */
export const takesDecimal = (task: Task): boolean => task.options.base === 2 && OPERATOR.test(task.typed.question)

export type Notation = "binary" | "decimal"

/** The question in the task's own digits. A digit above 1 can only be decimal. */
export function toTask(task: Task, text: string, notation: Notation): string {
  const plain = text.replace(/[\s_,]/gu, "")
  if (!takesDecimal(task) || (notation === "binary" && !/[2-9]/u.test(plain))) return plain
  return plain.replace(/\d+/gu, (digits) => BigInt(digits).toString(2))
}

/** A binary text with every number in decimal. */
export const toDecimal = (text: string): string => text.replace(/[01]+/gu, (digits) => BigInt(`0b${digits}`).toString())

export interface Asked {
  readonly input: Uint8Array
  /** As the task writes it. */
  readonly question: string
}

/** Longest question in symbols: the film of a longer one would not fit into memory. */
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

/** Where one of the two numbers is missing, or another stands beside them, it is another question. */
const isWhole = (hard: HardCase) => !("only" in hard || "rest" in hard)
const operands = (a: Operand, b: Operand) => (hard: HardCase) =>
  hard.family === "operands" && hard.a === a && hard.b === b

/** What the page calls the famous ones, and which cases they are; of several, the last one is the largest. */
const famous: readonly { readonly name: (base: number, sign: string) => string; is(hard: HardCase): boolean }[] = [
  { name: (base, sign) => `${base - 1}…${base - 1} ${sign} 1`, is: operands("full", "one") },
  { name: (_, sign) => `0…02 ${sign} 0…02`, is: operands("two", "two") },
  { name: () => "longest carry", is: (hard) => hard.family === "sum-power" },
  { name: () => "all ones", is: (hard) => operands("full", "full")(hard) || operands("ones", "ones")(hard) },
  { name: () => "a palindrome", is: (hard) => hard.family === "palindrome" },
  { name: () => "two blocks", is: (hard) => hard.family === "two-blocks" && hard.first === "lowest" },
]

/** Questions that are known to break models: the longest carry, 9…9 + 1, two times two. */
export function breakers(task: Task, size: number): { readonly name: string; readonly question: string }[] {
  const cases = hardCases(task, size)
  return famous.flatMap(({ name, is }) => {
    const found = cases.findLast(({ hard }) => isWhole(hard) && is(hard))
    if (!found) return []
    const sign = OPERATOR.exec(found.question)?.[0].replace(/[*x]/iu, "×") ?? ""
    return [{ name: name(task.options.base, sign), question: found.question }]
  })
}

export function randomQuestion(task: Task, size: number, seed: number): string {
  return task.formatInput(task.random(size, random(seed, size)).input)
}
