// The search for questions that a target answers wrongly. Every round draws from each family of the task, and
// breeds from the questions of which the target was least sure. The first wrong one of each family is shrunk.
// The questions depend on the seed alone, not on time or threads: a longer search only goes on.

import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { random, Stream } from "../core/rng.ts"
import type { Example, Task } from "../tasks/task.ts"
import { Pool } from "./breed.ts"
import { shrink } from "./shrink.ts"
import { asked, type Reply, rightAnswer, type Target } from "./target.ts"

/** A question that the target answered wrongly. */
export interface Counterexample {
  readonly task: string
  readonly size: number
  readonly family: string
  readonly question: string
  readonly answer: string
  readonly expected: string
}

export type AttackEvent =
  /** A wave of questions was answered. `wrong`: how many of them wrongly. */
  | {
      readonly type: "asked"
      readonly size: number
      readonly family: string
      readonly asked: number
      readonly wrong: number
    }
  | ({ readonly type: "wrong" } & Counterexample)
  /** The smallest wrong question so far, and of which family it was before it was shrunk. */
  | ({ readonly type: "smallest" } & Counterexample)

export interface AttackOptions {
  readonly sizes: readonly number[]
  readonly seed: number
}

/** The names of rows that are no families of the task. */
export const RANDOM = "random"
export const BRED = "bred"
export const SHRUNK = "shrunk"

/** Questions of each family in a round: all lanes of a block. */
const PER_FAMILY = LANES
/** Places of all questions in a wave; enough work for many threads, little enough to stop soon. */
const WAVE_PLACES = 2 ** 16
/** Words of random streams that stand for rows without a family. */
const [CHOICES, FRESH] = [-1, -2]

/** A question, and the row in which it counts. */
interface Drawn {
  readonly family: string
  readonly example: Example
}

/**
 * Attacks a target for as long as the caller reads events.
 * @throws UserError if the task does not know right answers
 * @example for await (const event of attack(modelTarget(predictor), { sizes: [20, 40], seed: 1 })) tally.add(event)
 */
export async function* attack(target: Target, { sizes, seed }: AttackOptions): AsyncGenerator<AttackEvent, never> {
  const { task } = target
  requireAnswers(task, sizes[0])
  const pools = new Map(sizes.map((size) => [size, new Pool(task)]))
  const finds = new Finds(target)
  for (let round = 0; ; round++)
    for (const [size, pool] of pools) {
      const drawn = drawFamilies(task, size, seed, round)
      yield* askInWaves(finds, pool, size, drawn)
      const choose = random(seed, Stream.attack, CHOICES, size, round)
      const fresh = random(seed, Stream.attack, FRESH, size, round)
      const children = pool.children(drawn.length, () => drawn[fresh.below(drawn.length)].example, choose)
      yield* askInWaves(
        finds,
        pool,
        size,
        children.map((example) => ({ family: BRED, example })),
      )
      pool.endRound()
    }
}

/** @throws UserError if the task cannot tell right answers from wrong ones */
export function requireAnswers(task: Task, size: number): void {
  if (rightAnswer(task, task.random(size, random(0)).input) === undefined)
    throw new UserError(
      `attack: ${task.name} does not know the right answer to a new question, expected a task that computes it, such as add`,
    )
}

/** A block of each family. */
function drawFamilies(task: Task, size: number, seed: number, round: number): Drawn[] {
  const families = [{ name: RANDOM, draw: task.random }, ...task.families]
  return families.flatMap(({ name, draw }, i) => {
    const stream = random(seed, Stream.attack, i, size, round)
    return Array.from({ length: PER_FAMILY }, () => asked(task, draw(size, stream).input)).flatMap((example) =>
      example ? [{ family: name, example }] : [],
    )
  })
}

async function* askInWaves(finds: Finds, pool: Pool, size: number, drawn: readonly Drawn[]) {
  if (drawn.length === 0) return
  const places = drawn[0].example.input.length
  const wave = LANES * Math.max(1, Math.floor(WAVE_PLACES / (LANES * places)))
  for (let start = 0; start < drawn.length; start += wave) {
    const some = drawn.slice(start, start + wave)
    const examples = some.map(({ example }) => example)
    const replies = await finds.target.ask(size, examples)
    pool.add(examples, replies)
    yield* finds.take(size, some, replies)
  }
}

/** What was found so far. */
class Finds {
  readonly target: Target
  /** Questions that were answered wrongly. */
  readonly #wrong = new Set<string>()
  /** Families of which a question was shrunk. */
  readonly #shrunk = new Set<string>()
  #smallest: { readonly size: number; readonly weight: number } | undefined

  constructor(target: Target) {
    this.target = target
  }

  async *take(size: number, drawn: readonly Drawn[], replies: readonly Reply[]): AsyncGenerator<AttackEvent> {
    for (const family of new Set(drawn.map(({ family }) => family))) {
      const own = replies.filter((_, i) => drawn[i].family === family)
      yield { type: "asked", size, family, asked: own.length, wrong: own.filter(({ right }) => !right).length }
    }
    for (const [i, { family, example }] of drawn.entries()) {
      if (replies[i].right) continue
      const found = this.#counterexample(size, family, example, replies[i].answer)
      if (this.#wrong.has(found.question)) continue
      this.#wrong.add(found.question)
      yield { type: "wrong", ...found }
      if (this.#isWorthShrinking(found)) yield* this.#shrink(found)
    }
  }

  #counterexample(size: number, family: string, { input, target }: Example, answer: string): Counterexample {
    const { task } = this.target
    const expected = (task.parts?.of(input) ?? task).formatAnswer(target)
    return { task: task.name, size, family, question: task.formatInput(input), answer, expected }
  }

  /** The first of each family, and what is smaller than all before. */
  #isWorthShrinking({ family, size }: Counterexample): boolean {
    const isNew = !this.#shrunk.has(family)
    this.#shrunk.add(family)
    return isNew || this.#smallest === undefined || size < this.#smallest.size
  }

  async *#shrink({ family, ...found }: Counterexample): AsyncGenerator<AttackEvent> {
    const { task } = this.target
    let before = 0
    yield* this.#ifSmaller({ ...found, family })
    for await (const { question, size, answer, asked } of shrink(this.target, found.question, found.answer)) {
      if (asked > before) yield { type: "asked", size, family: SHRUNK, asked: asked - before, wrong: 0 }
      before = asked
      const input = task.parse(question)
      const target = rightAnswer(task, input)
      if (target) yield* this.#ifSmaller(this.#counterexample(size, family, { input, target }, answer))
    }
  }

  *#ifSmaller(found: Counterexample): Generator<AttackEvent> {
    const weight = found.question.replace(/[^1-9]/gu, "").length
    const { size } = found
    const least = this.#smallest
    if (least && (size > least.size || (size === least.size && weight >= least.weight))) return
    this.#smallest = { size, weight }
    yield { type: "smallest", ...found }
  }
}
