// Addition of two numbers with aligned digits: each symbol is a pair of digits. It is an easy contrast to
// `add`: aligned addition is a regular language, which a finite automaton computes [KS16 §3]. L = size + 1.

import { UserError } from "../core/errors.ts"
import { add } from "./add.ts"
import { requireSize } from "./options.ts"
import { type Example, type KnownTask, ofPackage, PAD, type TaskFamily, type TaskOptions } from "./task.ts"
import { digitCharacters } from "./typing.ts"

export const addAligned: TaskFamily = {
  name: "add-aligned",
  summary: "the sum of two numbers with aligned digits",
  sizes: "digits of each number",
  defaults: { base: 2, output: "padded" },
  bases: [2, 5], // 25 pairs of digits; more would exceed the letters
  create,
}

/** Wraps the addition task: converts its questions to pairs of digits. */
function create(options: TaskOptions): KnownTask {
  const { base } = options
  const plain = add.create(options)
  const letters = Array.from({ length: base * base }, (_, pair) => String.fromCharCode(97 + pair))
  const symbols = ["_", ...digitCharacters(base), ...letters]
  const length = (size: number) => size + 1

  /** Converts a0 .. op b0 .. to (a0, b0) .. PAD; `unfold` is the inverse. */
  const fold = (input: Uint8Array) => {
    const size = plain.sizeOf(input.length)
    const pairs = new Uint8Array(length(size))
    for (let i = 0; i < size; i++) pairs[i] = 1 + base + (input[i] - 1) * base + (input[size + 1 + i] - 1)
    return pairs
  }
  const unfold = (pairs: Uint8Array) => {
    const size = pairs.length - 1
    const input = new Uint8Array(plain.length(size)).fill(base + 1)
    for (let i = 0; i < size; i++) {
      const pair = pairs[i] - 1 - base
      input[i] = Math.floor(pair / base) + 1
      input[size + 1 + i] = (pair % base) + 1
    }
    return input
  }
  const example = ({ input, target }: Example): Example => ({
    input: fold(input),
    target: target.slice(0, length(plain.sizeOf(input.length))),
  })
  const format = (output: Uint8Array) =>
    Array.from(output, (symbol) => symbols[symbol] ?? "?")
      .reverse()
      .join("")
  const sized = <T>(size: number, make: () => T): T => {
    requireSize(addAligned.name, size)
    return make()
  }

  return {
    name: addAligned.name,
    options,
    symbols,
    typed: plain.typed,
    minSize: plain.minSize,
    length,
    sizeOf: (L) => Math.max(0, L - 1),
    random: (size, random) => sized(size, () => example(plain.random(size, random))),
    hard: (size, random) => sized(size, () => example(plain.hard(size, random))),
    hardCases: (size, random) =>
      sized(size, () => plain.hardCases(size, random).map((made) => ({ ...made, ...example(made) }))),
    ...ofPackage,
    families: plain.families.map(({ name, draw }) => ({
      name,
      draw: (size, random) => sized(size, () => example(draw(size, random))),
    })),
    oracle(pairs) {
      const answer = plain.oracle(unfold(pairs))
      // The remaining places are zeros or PAD, because a sum has at most one digit more than its operands.
      if (answer.subarray(pairs.length).some((symbol) => symbol > PAD + 1)) throw new Error("the sum is too long")
      return answer.slice(0, pairs.length)
    },
    parse(text) {
      try {
        return fold(plain.parse(text))
      } catch (error) {
        if (error instanceof UserError) throw new UserError(error.message.replace(/^add:/u, `${addAligned.name}:`))
        throw error
      }
    },
    formatInput: (pairs) => plain.formatInput(unfold(pairs)),
    formatOutput: format,
    formatAnswer: (output) => format(output).replace(/^[_0]+(?=.)/u, ""),
  }
}
