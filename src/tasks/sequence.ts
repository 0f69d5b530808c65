// The common part of all tasks on one sequence of symbols. Symbols: PAD, then `base` different ones, typed as
// digits. Question and answer start at the first place; the shorter one is followed by PAD.

import { UserError } from "../core/errors.ts"
import type { Random } from "../core/rng.ts"
import { familiesOf } from "./families/family.ts"
import { pairSequences, sequences } from "./families/sequences.ts"
import { hardDigits } from "./hard.ts"
import { requireSize } from "./options.ts"
import { type NamedSequence, sequenceCases } from "./sequence-cases.ts"
import { type Example, type KnownTask, ofPackage, PAD, type TaskFamily, type TaskOptions } from "./task.ts"
import { digitCharacters, meaningful, quote, symbolOf } from "./typing.ts"

export interface Rearrangement {
  readonly name: string
  readonly summary: string
  /** The default number of different symbols. */
  readonly base: number
  /** The possible bases, inclusive; default: 2 to 10. */
  readonly bases?: readonly [number, number]
  /** The unit of a size, such as "symbols" or "pairs of key and value". */
  readonly sizes: string
  /** Symbols of the question per unit of size (default 1), and additional ones (default 0). */
  readonly unit?: number
  readonly extra?: number
  /** Places per symbol of the question (default 1); 2 if the answer is twice as long. */
  readonly stretch?: number
  /** The generator: writes the answer to `sequence` (symbols 1 .. base) into the PAD-filled `target`. */
  compute(sequence: Uint8Array, target: Uint8Array, base: number): void
  /** The oracle: computes the answer to the same question by a different method, without trailing PAD. */
  exact(sequence: number[]): number[]
  /** Further hard questions of `length` symbols, beside those that are hard for every sequence task. */
  cases?(length: number, base: number, randomSymbols: (n: number) => Uint8Array): NamedSequence[]
}

/** Defines the task family of one rearrangement. */
export function sequence(rearrangement: Rearrangement): TaskFamily {
  return {
    name: rearrangement.name,
    summary: rearrangement.summary,
    sizes: rearrangement.sizes,
    // no leading zeros exist, so both outputs are the same
    defaults: { base: rearrangement.base, output: "padded" },
    bases: rearrangement.bases ?? [2, 10],
    create: (options) => createSequence(rearrangement, options),
  }
}

function createSequence(rearrangement: Rearrangement, options: TaskOptions): KnownTask {
  const { name, unit = 1, extra = 0, stretch = 1 } = rearrangement
  const { base } = options
  const drawings = unit > 1 ? [...sequences, ...pairSequences] : sequences
  const symbols = ["_", ...digitCharacters(base)]
  /** The number of symbols of a question of this size; `sizeOf` is the inverse. */
  const questionLength = (size: number) => unit * size + extra
  const sizeAsked = (symbols: number) => Math.max(0, Math.floor((symbols - extra) / unit))
  const length = (size: number) => stretch * questionLength(size)
  const sizeOf = (L: number) => sizeAsked(Math.floor(L / stretch))
  const typedLength = questionLength(sizeAsked(7))
  const question = Array.from("4031253", (character) => Number(character) % base)
    .slice(0, typedLength)
    .join("")

  const example = (sequence: Uint8Array): Example => {
    const input = new Uint8Array(stretch * sequence.length)
    const target = new Uint8Array(stretch * sequence.length)
    input.set(sequence)
    rearrangement.compute(sequence, target, base)
    return { input, target }
  }
  const randomSymbols = (size: number, random: Random) => {
    const sequence = new Uint8Array(size)
    for (let i = 0; i < size; i++) sequence[i] = 1 + random.below(base)
    return sequence
  }
  const asked = (input: Uint8Array) => input.subarray(0, input.length / stretch)
  const oracle = (input: Uint8Array) => {
    const answer = new Uint8Array(input.length).fill(PAD)
    answer.set(rearrangement.exact([...asked(input)]))
    return answer
  }

  const parse = (text: string) => {
    const characters = meaningful(text)
    const expected = `expected a sequence of the symbols 0 to ${base - 1}, such as ${quote(question)}`
    if (characters.length === 0) throw new UserError(`${name}: got an empty question, ${expected}`)
    const size = sizeAsked(characters.length)
    if (size < 1 || questionLength(size) !== characters.length) {
      const more = `${unit > 1 ? `a multiple of ${unit}` : "at least 1"}${extra > 0 ? ` and ${extra} more` : ""}`
      throw new UserError(
        `${name}: got ${characters.length} symbols in ${quote(text)}, expected ${more}, such as ${quote(question)}`,
      )
    }
    const input = new Uint8Array(length(size)).fill(PAD)
    for (const [i, character] of characters.entries()) {
      input[i] = symbolOf(character, base)
      if (input[i] === PAD) throw new UserError(`${name}: got ${quote(character)} in ${quote(text)}, ${expected}`)
    }
    return input
  }

  const format = (text: Uint8Array) => Array.from(text, (symbol) => symbols[symbol] ?? "?").join("")
  const formatAnswer = (output: Uint8Array) => format(output).replace(/(?<=.)_+$/u, "")

  return {
    name,
    options,
    symbols,
    typed: { question, answer: formatAnswer(oracle(parse(question))) },
    minSize: 1,
    length,
    sizeOf,
    random(size, random) {
      requireSize(name, size)
      return example(randomSymbols(questionLength(size), random))
    },
    hard(size, random) {
      requireSize(name, size)
      return example(hardDigits(questionLength(size), base, random).map((digit) => digit + 1))
    },
    hardCases(size, random) {
      requireSize(name, size)
      const draw = (n: number) => randomSymbols(n, random)
      const general = sequenceCases(questionLength(size), base, draw)
      const own = rearrangement.cases?.(questionLength(size), base, draw) ?? []
      const cases = new Map([...own, ...general].map((made) => [String(made.sequence), made]))
      return [...cases.values()].map(({ name, hard, sequence }) => ({ name, hard, ...example(sequence) }))
    },
    families: familiesOf(name, base, drawings, questionLength, (digits) => example(digits.map((digit) => digit + 1))),
    oracle,
    ...ofPackage,
    parse,
    formatInput: (input) => format(asked(input)),
    formatOutput: format,
    formatAnswer,
  }
}
