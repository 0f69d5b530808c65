// Every question of a size, for sizes that are small enough to ask them all. Questions are counted up as
// people write them, where every row of digits is a question.

import { random } from "../core/rng.ts"
import type { Task } from "./task.ts"

export interface EveryQuestion {
  readonly count: number
  /** The questions from number `from` on, as symbols [L]. */
  take(from: number, n: number): Uint8Array[]
}

/** All questions of a size, of one task. The count of a long size may be Infinity. */
export function everyQuestion(task: Task, size: number): EveryQuestion {
  const { base } = task.options
  const example = task.formatInput(task.random(size, random(0)).input)
  const places = [...example.matchAll(/\d/gu)].map(({ index }) => index).reverse()
  const written = (number: number) => {
    const characters = [...example]
    let rest = number
    for (const place of places) {
      characters[place] = String(rest % base)
      rest = Math.floor(rest / base)
    }
    return characters.join("")
  }
  let count = 1
  for (const _ of places) count *= base
  return {
    count,
    take: (from, n) =>
      Array.from({ length: Math.max(0, Math.min(n, count - from)) }, (_, i) => task.parse(written(from + i))),
  }
}
