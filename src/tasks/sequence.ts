// What all tasks on one sequence of symbols have in common. Symbols: PAD, then `base` different ones, typed as digits.
// The answer is one or more times as long as the question; where it is longer, PAD follows the question.

import { UserError } from "../core/errors.ts"
import type { Random } from "../core/rng.ts"
import { hardDigits } from "./hard.ts"
import { requireSize } from "./options.ts"
import { sequenceCases } from "./sequence-cases.ts"
import { type Example, PAD, type Task, type TaskFamily, type TaskOptions } from "./task.ts"
import { digitCharacters, meaningful, quote, symbolOf } from "./typing.ts"

export interface Rearrangement {
  readonly name: string
  readonly summary: string
  /** How many different symbols there are, unless told otherwise. */
  readonly base: number
  /** Symbols in the answer for each symbol of the question. */
  readonly stretch: number
  /** The generator: writes the answer to `sequence` ([size], symbols 1 .. base) into `target` ([stretch * size]). */
  compute(sequence: Uint8Array, target: Uint8Array, base: number): void
  /** The oracle: the answer to the same question, worked out in another way. */
  exact(sequence: number[]): number[]
}

/** The family of one rearrangement of a sequence. */
export function sequence(rearrangement: Rearrangement): TaskFamily {
  return {
    name: rearrangement.name,
    summary: rearrangement.summary,
    defaults: { base: rearrangement.base, output: "padded" }, // answers fill their length: both outputs are the same
    bases: [2, 10],
    create: (options) => createSequence(rearrangement, options),
  }
}

function createSequence(rearrangement: Rearrangement, options: TaskOptions): Task {
  const { name, stretch } = rearrangement
  const { base } = options
  const symbols = ["_", ...digitCharacters(base)]
  const question = Array.from("4031250", (character) => Number(character) % base).join("")
  const length = (size: number) => stretch * size

  const example = (sequence: Uint8Array): Example => {
    const input = new Uint8Array(length(sequence.length))
    const target = new Uint8Array(length(sequence.length))
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
  const oracle = (input: Uint8Array) => Uint8Array.from(rearrangement.exact([...asked(input)]))

  const parse = (text: string) => {
    const characters = meaningful(text)
    const expected = `expected a sequence of the symbols 0 to ${base - 1}, such as ${quote(question)}`
    if (characters.length === 0) throw new UserError(`${name}: got an empty question, ${expected}`)
    const input = new Uint8Array(length(characters.length)).fill(PAD)
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
    sizeOf: (L) => Math.max(0, Math.floor(L / stretch)),
    random(size, random) {
      requireSize(name, size)
      return example(randomSymbols(size, random))
    },
    hard(size, random) {
      requireSize(name, size)
      return example(hardDigits(size, base, random).map((digit) => digit + 1))
    },
    structured(size, random) {
      requireSize(name, size)
      return sequenceCases(size, base, (n) => randomSymbols(n, random)).map(({ name, sequence }) => ({
        name,
        ...example(sequence),
      }))
    },
    oracle,
    parse,
    formatInput: (input) => format(asked(input)),
    formatOutput: format,
    formatAnswer,
  }
}
