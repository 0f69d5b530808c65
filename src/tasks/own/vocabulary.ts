// Translates between texts and symbol numbers for tasks of the user's own. A config stores the vocabulary, so
// that a trained model can be asked without its examples.

import { UserError } from "../../core/errors.ts"
import { type Example, PAD, type Places, type Tokens, type Vocabulary } from "../task.ts"
import { quote } from "../typing.ts"

/** Symbol numbers are bytes, and 0 is PAD. */
export const MOST_SYMBOLS = 255

/** Splits a text into symbols, in the order in which people write them. */
export const split = (text: string, tokens: Tokens): string[] =>
  tokens === "words" ? text.split(/\s+/u).filter((word) => word !== "") : [...text]

export const join = (symbols: readonly string[], tokens: Tokens): string => symbols.join(tokens === "words" ? " " : "")

/**
 * The places of all pairs: as few as possible. The excess of an answer over its question counts as constant
 * if short questions have it too; otherwise the places grow in proportion to the question.
 * @param lengths symbols of each question and of its answer
 */
export function placesFor(lengths: readonly (readonly [question: number, answer: number])[]): Places {
  const excess = (some: typeof lengths) => some.reduce((most, [n, a]) => Math.max(most, a - n), 0)
  const plus = excess(lengths)
  if (plus === 0) return { times: 1, plus: 0 }
  const longest = lengths.reduce((most, [n]) => Math.max(most, n), 0)
  if (excess(lengths.filter(([n]) => 2 * n <= longest)) === plus) return { times: 1, plus }
  return { times: lengths.reduce((most, [n, a]) => Math.max(most, Math.ceil(a / n)), 1), plus: 0 }
}

/** Translates between texts and the symbol numbers of examples. */
export class Codec {
  readonly vocabulary: Vocabulary
  /** The character of each symbol number; [0] stands for PAD. */
  readonly symbols: readonly string[]
  readonly #numbers: ReadonlyMap<string, number>

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary
    // an empty place needs a character that is no symbol
    const empty = ["_", "·", "␣", "□"].find((character) => !vocabulary.symbols.includes(character)) ?? ""
    this.symbols = [empty, ...vocabulary.symbols]
    this.#numbers = new Map(vocabulary.symbols.map((symbol, i) => [symbol, i + 1]))
  }

  /** Places of a question of n symbols. */
  places(n: number): number {
    const { times, plus } = this.vocabulary.places
    return times * n + plus
  }

  /** The largest question that fits into `length` places. */
  fitting(length: number): number {
    const { times, plus } = this.vocabulary.places
    return Math.max(0, Math.floor((length - plus) / times))
  }

  /**
   * The symbol numbers of a text, in reading order.
   * @throws UserError if it holds a symbol that the vocabulary does not
   */
  numbers(text: string, name: string): Uint8Array {
    const { tokens, backwards } = this.vocabulary
    const all = split(text, tokens).map((symbol) => {
      const number = this.#numbers.get(symbol)
      if (number !== undefined) return number
      throw new UserError(`${name}: got ${quote(symbol)} in ${quote(text)}, expected ${this.#expected()}`)
    })
    return Uint8Array.from(backwards ? all.reverse() : all)
  }

  #expected(): string {
    const { symbols, tokens } = this.vocabulary
    const what = tokens === "words" ? "words" : "symbols"
    const some = symbols.slice(0, 20)
    const more = symbols.length > some.length ? ` … (${symbols.length} in all)` : ""
    return `only ${what} that the task has: ${some.map((symbol) => quote(symbol).slice(1, -1)).join(" ")}${more}`
  }

  /**
   * The symbols of a question, padded.
   * @throws UserError if it is empty or holds an unknown symbol
   */
  question(text: string, name: string): Uint8Array {
    const numbers = this.numbers(text, name)
    if (numbers.length === 0) throw new UserError(`${name}: got an empty question, expected at least one symbol`)
    return padded(numbers, this.places(numbers.length))
  }

  /**
   * The example of a question and its answer.
   * @returns undefined if the answer does not fit into the question's places
   */
  example(question: string, answer: string, name: string): Example | undefined {
    const input = this.question(question, name)
    const numbers = this.numbers(answer, name)
    return numbers.length > input.length ? undefined : { input, target: padded(numbers, input.length) }
  }

  /** The text of symbol numbers. PAD inside it is shown; PAD that only fills the end is left out. */
  text(numbers: Uint8Array): string {
    return this.whole(numbers.subarray(0, lengthOf(numbers)))
  }

  /** The text of all symbol numbers, PAD included. */
  whole(numbers: Uint8Array): string {
    const { tokens, backwards } = this.vocabulary
    const symbols = Array.from(numbers, (number) => this.symbols[number] ?? "?")
    return join(backwards ? symbols.reverse() : symbols, tokens)
  }
}

const padded = (numbers: Uint8Array, length: number): Uint8Array => {
  const out = new Uint8Array(length).fill(PAD)
  out.set(numbers)
  return out
}

/** Symbols before the PAD that fills the end. */
export function lengthOf(numbers: Uint8Array): number {
  let n = numbers.length
  while (n > 0 && numbers[n - 1] === PAD) n--
  return n
}
