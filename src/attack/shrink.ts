// Shrinks a wrong question to the few symbols that matter, by delta debugging [Zeller & Hildebrandt 2002]:
// first fewer places, then zeros for digits, in ever smaller stretches, as long as the answer stays wrong.

import { LANES } from "../core/lanes.ts"
import type { Example } from "../tasks/task.ts"
import { askedText, sizeOf, type Target } from "./target.ts"

/** Places of all questions that shrinking one question may ask. */
const MOST_PLACES = 2 ** 18

export interface Shrunk {
  readonly question: string
  readonly size: number
  readonly answer: string
  /** Questions that were asked. */
  readonly asked: number
}

interface Wrong {
  readonly text: string
  readonly answer: string
}

/**
 * Shrinks a wrong question. Yields after every wave of questions, so that the caller can stop.
 * @param question as typed; the target's answer to it is `answer`, which is wrong
 */
export async function* shrink(target: Target, question: string, answer: string): AsyncGenerator<Shrunk, Shrunk> {
  const { task } = target
  let best: Wrong = { text: question, answer }
  let asked = 0
  let places = 0
  const sizeNow = () => sizeOf(task, task.parse(best.text))
  const now = (): Shrunk => ({ question: best.text, size: sizeNow(), answer: best.answer, asked })

  /** Asks a wave of candidates of one length. Returns those that are answered wrongly. */
  const wrongOf = async (texts: readonly string[]): Promise<Wrong[]> => {
    const questions = texts.flatMap((text) => {
      const example = askedText(task, text)
      return example ? [{ text, example }] : []
    })
    if (questions.length === 0) return []
    const examples: Example[] = questions.map(({ example }) => example)
    asked += examples.length
    places += examples.length * examples[0].input.length
    const replies = await target.ask(sizeOf(task, examples[0].input), examples)
    return questions.flatMap(({ text }, i) => (replies[i].right ? [] : [{ text, answer: replies[i].answer }]))
  }

  for (const candidatesOf of [withoutPlaces, withZeros, withoutPlaces])
    for (let stretch = widthOf(best.text); stretch >= 1; stretch >>= 1) {
      let from = 0
      while (places < MOST_PLACES) {
        const candidates = candidatesOf(best.text, stretch)
        if (from >= candidates.length) break
        const [first] = await wrongOf(candidates.slice(from, from + LANES))
        if (first) {
          // what was tried before stays where it is, mostly; it is tried again with smaller stretches
          from = candidates.indexOf(first.text)
          best = first
        } else from += LANES
        yield now()
      }
    }
  return now()
}

const widthOf = (text: string): number => Math.max(0, ...numbersOf(text).map(([, digits]) => digits.length))
const numbersOf = (text: string) => [...text.matchAll(/\d+/gu)].map((found) => [found.index, found[0]] as const)

/** The question without a stretch of places, the same ones in every number. */
function withoutPlaces(text: string, stretch: number): string[] {
  const width = widthOf(text)
  return steps(width, stretch).map((from) =>
    text.replace(/\d+/gu, (digits) => digits.slice(0, from) + digits.slice(from + stretch)),
  )
}

/** The question with zeros in a stretch of one number. */
function withZeros(text: string, stretch: number): string[] {
  return numbersOf(text).flatMap(([at, digits]) =>
    steps(digits.length, stretch).flatMap((from) => {
      const part = digits.slice(from, from + stretch)
      const zeros = "0".repeat(part.length)
      return part === zeros ? [] : [text.slice(0, at + from) + zeros + text.slice(at + from + part.length)]
    }),
  )
}

const steps = (length: number, step: number): number[] =>
  Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step)

/**
 * The places of the question, as indices of its text, at which another digit makes the answer right.
 * @returns undefined if there are too many places to try
 */
export async function placesThatMatter(target: Target, question: string): Promise<number[] | undefined> {
  const { task } = target
  const digits = [...task.symbols.keys()].slice(0, task.options.base).map(String)
  const changes = [...question].flatMap((character, at) =>
    !/\d/u.test(character)
      ? []
      : digits
          .filter((digit) => digit !== character)
          .map((digit) => ({ at, example: askedText(task, question.slice(0, at) + digit + question.slice(at + 1)) })),
  )
  const known = changes.flatMap(({ at, example }) => (example ? [{ at, example }] : []))
  if (known.length === 0 || known.length * known[0].example.input.length > MOST_PLACES) return undefined
  const size = sizeOf(task, known[0].example.input)
  const replies = await target.ask(
    size,
    known.map(({ example }) => example),
  )
  return [...new Set(known.filter((_, i) => replies[i].right).map(({ at }) => at))]
}
