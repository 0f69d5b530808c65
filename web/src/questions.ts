// What people type, as a question of the task: decimal numbers become binary for tasks on binary numbers; and questions that break things.

import { random } from "../../src/core/rng.ts"
import { createTask, type Task } from "../../src/tasks/index.ts"
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
  task.structured(size, random(7, size)).map(({ name, input }) => ({ name, question: task.formatInput(input) }))

/** The famous ones first: the longest carry, 9…9 + 1, two times two. */
export function breakers(task: Task, size: number): { readonly name: string; readonly question: string }[] {
  const cases = hardCases(task, size)
  const wanted: [string, RegExp][] = [
    ["9…9 + 1", /^(\d)…\1 \S 1$/u],
    ["0…02 × 0…02", /^two \S two$/u],
    ["longest carry", /^operands that add up to \d+\^(\d+)$/u],
    ["all ones", /^(\d)…\1 \S \1…\1$/u],
    ["a palindrome", /^a palindrome$/u],
    ["two blocks", /^two blocks, lowest/u],
  ]
  return wanted.flatMap(([name, pattern]) => {
    const found = cases.filter((c) => pattern.test(c.name)).at(-1)
    const own =
      name === "9…9 + 1" || name === "0…02 × 0…02"
        ? found?.name.replace("two", "0…02").replace("two", "0…02").replace("*", "×")
        : name
    return found ? [{ name: own ?? name, question: found.question }] : []
  })
}

export function randomQuestion(task: Task, size: number, seed: number): string {
  return task.formatInput(task.random(size, random(seed, size)).input)
}
