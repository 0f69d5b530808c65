// The search for questions that a target answers wrongly. Every round draws from each family of the task, and
// breeds from the questions of which the target was least sure. The first wrong one of each family is shrunk.
// The questions depend on the seed alone, not on time or threads: a longer search only goes on.

import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { random, Stream } from "../core/rng.ts"
import type { Example, Task } from "../tasks/task.ts"
import { Pool } from "./breed.ts"
import { shrink } from "./shrink.ts"
import { asked, askedText, type Reply, rightAnswer, type Target } from "./target.ts"

/** A question that the target answered wrongly. */
export interface Counterexample {
  readonly task: string
  readonly size: number
  readonly family: string
  readonly question: string
  readonly answer: string
  readonly expected: string
}

/** How many questions of a family were asked in a wave, and how many were answered wrongly. */
export interface Count {
  readonly family: string
  readonly asked: number
  readonly wrong: number
}

export type AttackEvent =
  /**
   * A wave of questions of one size was answered. `found`: those that were answered wrongly for the first time,
   * at most `MOST_TOLD` of a family and size.
   */
  | {
      readonly type: "wave"
      readonly size: number
      readonly counts: readonly Count[]
      readonly found: readonly Counterexample[]
    }
  /** `asked` questions were asked to shrink a wrong one, to this one so far. Its family is that of the first. */
  | { readonly type: "shrunk"; readonly asked: number; readonly found: Counterexample }

export interface AttackOptions {
  readonly sizes: readonly number[]
  readonly seed: number
}

/** The names of rows that are no families of the task. */
export const RANDOM = "random"
export const BRED = "bred"

/** Questions of each family in a round: all lanes of a block. */
const PER_FAMILY = LANES
/** Places of all questions in a wave; enough work for many threads, little enough to stop soon. */
const WAVE_PLACES = 2 ** 16
/** Different wrong questions of a family and size that are told. */
export const MOST_TOLD = 1000
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
  // a task from pairs knows the answers of its pairs only, which are no search
  if (task.pairs !== null || rightAnswer(task, task.random(size, random(0)).input) === undefined)
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

/** Whether one counterexample is smaller than another: in size, or in digits that are not zero. */
export function isSmaller(one: Counterexample, than: Counterexample | undefined): boolean {
  if (than === undefined || one.size !== than.size) return than === undefined || one.size < than.size
  const weight = ({ question }: Counterexample) => question.replace(/[^1-9]/gu, "").length
  return weight(one) < weight(than)
}

/** What was found so far. */
class Finds {
  readonly target: Target
  /** Questions that were answered wrongly, by family and size. */
  readonly #wrong = new Map<string, Set<string>>()
  /** Families of which a question was shrunk. */
  readonly #shrunk = new Set<string>()
  #least = Number.POSITIVE_INFINITY

  constructor(target: Target) {
    this.target = target
  }

  async *take(size: number, drawn: readonly Drawn[], replies: readonly Reply[]): AsyncGenerator<AttackEvent> {
    const counts = [...new Set(drawn.map(({ family }) => family))].map((family): Count => {
      const own = replies.filter((_, i) => drawn[i].family === family)
      return { family, asked: own.length, wrong: own.filter(({ right }) => !right).length }
    })
    const wrong = drawn.flatMap(({ family, example }, i) =>
      replies[i].right ? [] : [this.#counterexample(size, family, example, replies[i].answer)],
    )
    yield { type: "wave", size, counts, found: wrong.filter((found) => this.#isNew(found)) }
    for (const found of wrong) if (this.#isWorthShrinking(found)) yield* this.#shrink(found)
  }

  #counterexample(size: number, family: string, { input, target }: Example, answer: string): Counterexample {
    const { task } = this.target
    const expected = (task.parts?.of(input) ?? task).formatAnswer(target)
    return { task: task.name, size, family, question: task.formatInput(input), answer, expected }
  }

  /** Whether it is to be told: different questions, up to a number that bounds the memory of a long search. */
  #isNew({ family, size, question }: Counterexample): boolean {
    const key = `${size} ${family}`
    const told = this.#wrong.get(key) ?? new Set()
    this.#wrong.set(key, told)
    return told.size < MOST_TOLD && told.size < told.add(question).size
  }

  /** The first of each family, and what is smaller than all before. */
  #isWorthShrinking({ family, size }: Counterexample): boolean {
    const isNew = !this.#shrunk.has(family)
    this.#shrunk.add(family)
    return isNew || size < this.#least
  }

  async *#shrink({ family, question, answer }: Counterexample): AsyncGenerator<AttackEvent> {
    const { task } = this.target
    let before = 0
    for await (const shrunk of shrink(this.target, question, answer)) {
      const example = askedText(task, shrunk.question)
      if (!example) continue
      this.#least = Math.min(this.#least, shrunk.size)
      const found = this.#counterexample(shrunk.size, family, example, shrunk.answer)
      yield { type: "shrunk", asked: shrunk.asked - before, found }
      before = shrunk.asked
    }
  }
}
