// Breeding: hill climbing towards the questions of which the target is least sure. Questions are changed as
// people write them, where every row of digits is a question. Wrong ones leave the pool, so that it goes on to
// other faults.

import type { Random } from "../core/rng.ts"
import type { Example, Task } from "../tasks/task.ts"
import { askedText, type Reply } from "./target.ts"

/** Questions of one size that survive a round. */
const POOL = 32
/** Rounds without a less sure answer, after which the pool begins anew. */
const PATIENCE = 24
/** The most digits that are exchanged one by one. */
const MOST_DIFFERENT = 4

interface Known {
  readonly text: string
  readonly margin: number
}

export class Pool {
  readonly #task: Task
  #known: readonly Known[] = []
  #least = Number.POSITIVE_INFINITY
  #idle = 0

  constructor(task: Task) {
    this.#task = task
  }

  /** Takes in answered questions. The least sure of the right ones stay. */
  add(questions: readonly Example[], replies: readonly Reply[]): void {
    const all = new Map(this.#known.map((known) => [known.text, known]))
    questions.forEach(({ input }, i) => {
      const { right, margin } = replies[i]
      const text = this.#task.formatInput(input)
      if (right) all.set(text, { text, margin })
      else all.delete(text)
    })
    this.#known = [...all.values()].sort((a, b) => a.margin - b.margin).slice(0, POOL)
  }

  /** Ends a round. A pool that has not become less sure for a while is emptied. */
  endRound(): void {
    const least = this.#known[0]?.margin ?? Number.POSITIVE_INFINITY
    this.#idle = least < this.#least ? 0 : this.#idle + 1
    this.#least = Math.min(this.#least, least)
    if (this.#idle < PATIENCE) return
    this.#known = []
    this.#least = Number.POSITIVE_INFINITY
    this.#idle = 0
  }

  /** Up to `count` changed questions of the pool. `fresh` draws a question of the same size. */
  children(count: number, fresh: () => Example, random: Random): Example[] {
    const parent = () => this.#known[Math.floor(this.#known.length * random.uniform() * random.uniform())].text
    const out: Example[] = []
    for (let i = 0; i < count && this.#known.length > 0; i++) {
      const other = random.below(2) > 0 ? parent() : this.#task.formatInput(fresh().input)
      const child = askedText(this.#task, changed(parent(), other, random))
      if (child) out.push(child)
    }
    return out
  }
}

const isDigit = (character: string | undefined): character is string => character !== undefined && /\d/u.test(character)

/** A question with some digits of another one, or with its own digits elsewhere. */
export function changed(text: string, other: string, random: Random): string {
  const characters = [...text]
  const places = [...characters.keys()].filter((i) => isDigit(characters[i]) && isDigit(other[i]))
  if (places.length === 0) return text
  const anyPlace = () => places[random.below(places.length)]
  const kind = random.below(4)
  if (kind === 0) return shifted(text, random)
  if (kind === 1) {
    for (let n = 1 + random.below(MOST_DIFFERENT); n > 0; n--) {
      const place = anyPlace()
      characters[place] = other[place]
    }
    return characters.join("")
  }
  // a stretch of the other question, or of this one from elsewhere
  const from = anyPlace()
  const by = kind === 2 ? 0 : anyPlace() - from
  const source = kind === 2 ? other : text
  const end = from + 1 + random.below(places.length)
  for (let i = from; i < end; i++) if (isDigit(characters[i]) && isDigit(source[i + by])) characters[i] = source[i + by]
  return characters.join("")
}

/** All numbers, or the sequence, rotated by one to a few places. */
function shifted(text: string, random: Random): string {
  const by = 1 + random.below(MOST_DIFFERENT)
  const left = random.below(2) > 0
  return text.replace(/\d+/gu, (digits) => {
    const at = (left ? by : digits.length - (by % digits.length)) % digits.length
    return digits.slice(at) + digits.slice(0, at)
  })
}
