// What all tasks on two numbers have in common. The input is a0 .. a(d-1) op b0 .. b(d-1), least significant digit first,
// the answer has the same length L = 2d + 1 [KS16, §3]. Symbols: PAD, the digits, the operator.
// Generators work digit by digit, because training draws hundreds of examples a step; the oracle is BigInt and shares nothing with them.

import { UserError } from "../core/errors.ts"
import type { Random } from "../core/rng.ts"
import { arithmeticCases } from "./arithmetic-cases.ts"
import { hardPair } from "./hard.ts"
import { requireSize } from "./options.ts"
import { type Example, PAD, type Task, type TaskFamily, type TaskOptions } from "./task.ts"
import { digitCharacters, meaningful, quote, symbolOf } from "./typing.ts"

export interface Operation {
  readonly name: string
  readonly summary: string
  /** The operator as it is shown. */
  readonly operator: string
  /** Every way to type the operator, itself included. */
  readonly typedAs: readonly string[]
  /** The generator's arithmetic: writes the digits of the answer, least significant first, into `digits`, which holds zeros. */
  compute(a: Uint8Array, b: Uint8Array, base: number, digits: Uint8Array): void
  /** The oracle's arithmetic. */
  exact(a: bigint, b: bigint): bigint
}

/** The family of one operation on two numbers. */
export function arithmetic(operation: Operation): TaskFamily {
  return {
    name: operation.name,
    summary: operation.summary,
    defaults: { base: 2, output: "padded" },
    bases: [2, 10],
    create: (options) => createArithmetic(operation, options),
  }
}

function createArithmetic(operation: Operation, options: TaskOptions): Task {
  const { name, operator } = operation
  const { base } = options
  const operatorSymbol = base + 1
  const symbols = ["_", ...digitCharacters(base), operator]
  const question = `1011${operator}110`
  const length = (size: number) => 2 * size + 1

  const example = (a: Uint8Array, b: Uint8Array): Example => {
    const size = a.length
    const L = length(size)
    const input = new Uint8Array(L)
    const target = new Uint8Array(L)
    operation.compute(a, b, base, target)
    input[size] = operatorSymbol
    for (let i = 0; i < size; i++) {
      input[i] = a[i] + 1
      input[size + 1 + i] = b[i] + 1
    }
    let places = L
    if (options.output === "stripped") while (places > 1 && target[places - 1] === 0) places--
    for (let i = 0; i < places; i++) target[i]++
    return { input, target }
  }

  const randomDigits = (size: number, random: Random) => {
    const digits = new Uint8Array(size)
    for (let i = 0; i < size; i++) digits[i] = random.below(base)
    return digits
  }

  const oracle = (input: Uint8Array) => {
    const size = (input.length - 1) / 2
    const value = (from: number) => {
      let sum = 0n
      for (let i = from + size - 1; i >= from; i--) sum = sum * BigInt(base) + BigInt(input[i] - 1)
      return sum
    }
    const digits = operation.exact(value(0), value(size + 1)).toString(base)
    const written = options.output === "padded" ? digits.padStart(input.length, "0") : digits
    return Uint8Array.from({ length: input.length }, (_, i) =>
      i < written.length ? Number(written[written.length - 1 - i]) + 1 : PAD,
    )
  }

  const parse = (text: string) => {
    const expected = `expected two numbers with ${operator} between them, such as ${quote(question)}`
    const characters = meaningful(text)
    if (characters.length === 0) throw new UserError(`${name}: got an empty question, ${expected}`)
    const operands: number[][] = [[]]
    for (const character of characters) {
      const symbol = symbolOf(character, base)
      if (symbol > 0) operands[operands.length - 1].push(symbol)
      else if (operation.typedAs.includes(character)) operands.push([])
      else
        throw new UserError(
          `${name}: got ${quote(character)} in ${quote(text)}, expected only the digits 0 to ${base - 1} (base ${base}) and one ${operator}, such as ${quote(question)}`,
        )
    }
    if (operands.length === 1) throw new UserError(`${name}: got ${quote(text)} without the operator, ${expected}`)
    if (operands.length > 2)
      throw new UserError(`${name}: got ${operands.length - 1} operators in ${quote(text)}, ${expected}`)
    for (const [side, operand] of [["before", operands[0]] as const, ["after", operands[1]] as const])
      if (operand.length === 0)
        throw new UserError(`${name}: got no number ${side} the ${operator} in ${quote(text)}, ${expected}`)
    const size = Math.max(operands[0].length, operands[1].length)
    const input = new Uint8Array(length(size)).fill(1) // symbol 1 is the digit 0: shorter operands are filled up
    input.set(operands[0].reverse(), 0)
    input[size] = operatorSymbol
    input.set(operands[1].reverse(), size + 1)
    return input
  }

  const format = (text: Uint8Array) => Array.from(text, (symbol) => symbols[symbol] ?? "?").reverse()
  const formatOutput = (output: Uint8Array) => format(output).join("")
  const formatAnswer = (output: Uint8Array) => formatOutput(output).replace(/^[_0]+(?=.)/u, "")
  const formatInput = (input: Uint8Array) => {
    const size = (input.length - 1) / 2
    return [input.subarray(0, size), input.subarray(size, size + 1), input.subarray(size + 1)].flatMap(format).join("")
  }

  return {
    name,
    options,
    symbols,
    typed: { question, answer: formatAnswer(oracle(parse(question))) },
    minSize: 1,
    length,
    sizeOf: (L) => Math.max(0, Math.floor((L - 1) / 2)),
    random(size, random) {
      requireSize(name, size)
      return example(randomDigits(size, random), randomDigits(size, random))
    },
    hard(size, random) {
      requireSize(name, size)
      return example(...hardPair(size, base, random))
    },
    structured(size, random) {
      requireSize(name, size)
      return arithmeticCases({ size, base, operator, randomDigits: () => randomDigits(size, random), random }).map(
        ({ name, a, b }) => ({ name, ...example(a, b) }),
      )
    },
    oracle,
    parse,
    formatInput,
    formatOutput,
    formatAnswer,
  }
}
