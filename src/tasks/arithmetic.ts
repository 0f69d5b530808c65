// The common part of all tasks on numbers. For two numbers the input is a0 .. a(d-1) op b0 .. b(d-1), least
// significant digit first, and the answer has the same length L = 2d + 1 [KS16 §3]. Further numbers follow.
// Symbols: PAD, the digits, the operator. Generators work digit by digit, because training draws hundreds of
// examples per step. The oracle uses BigInt and shares no code with them.

import { UserError } from "../core/errors.ts"
import type { Random } from "../core/rng.ts"
import { arithmeticCases } from "./arithmetic-cases.ts"
import { type Drawing, familiesOf } from "./families/family.ts"
import { hardOperands } from "./hard.ts"
import { requireSize } from "./options.ts"
import { type Example, type KnownTask, ofPackage, PAD, type TaskFamily, type TaskOptions } from "./task.ts"
import { digitCharacters, meaningful, quote, symbolOf } from "./typing.ts"

export interface Operation {
  readonly name: string
  readonly summary: string
  /** Number of operands in a question. */
  readonly operands: number
  /** Places that the answer needs beyond the question's length (default 0); they are PAD in the question. */
  readonly room?: number
  /** The operator as displayed. */
  readonly operator: string
  /** All accepted spellings of the operator, including the displayed one. */
  readonly typedAs: readonly string[]
  /**
   * The generator's arithmetic: writes the digits of the answer, least significant first, into the
   * zero-filled `digits`.
   */
  compute(operands: readonly Uint8Array[], base: number, digits: Uint8Array): void
  /** The oracle's arithmetic. */
  exact(operands: readonly bigint[]): bigint
  /** Families of hard operands, for the attack. */
  readonly families: readonly Drawing<readonly Uint8Array[]>[]
  /** Draws hard operands for training; default: `hardOperands`. */
  hard?(size: number, base: number, random: Random): readonly Uint8Array[]
}

/** Defines the task family of one operation. */
export function arithmetic(operation: Operation): TaskFamily {
  return {
    name: operation.name,
    summary: operation.summary,
    sizes: operation.operands > 1 ? "digits of each number" : "digits of the number",
    defaults: { base: 2, output: "padded" },
    bases: [2, 10],
    create: (options) => createArithmetic(operation, options),
  }
}

function createArithmetic(operation: Operation, options: TaskOptions): KnownTask {
  const { name, operator, operands: count, room = 0 } = operation
  const { base } = options
  const operatorSymbol = base + 1
  const symbols = ["_", ...digitCharacters(base), ...(count > 1 ? [operator] : [])]
  const question = ["1011", "110", "111", "1001"].slice(0, count).join(operator)
  const length = (size: number) => count * (size + 1) - 1 + room
  const sizeOf = (L: number) => Math.max(0, Math.floor((L - room + 1) / count) - 1)
  const operandsOf = (input: Uint8Array) => {
    const size = sizeOf(input.length)
    return Array.from({ length: count }, (_, k) => input.subarray(k * (size + 1), k * (size + 1) + size))
  }

  const example = (operands: readonly Uint8Array[]): Example => {
    const size = operands[0].length
    const L = length(size)
    const input = new Uint8Array(L)
    const target = new Uint8Array(L)
    operation.compute(operands, base, target)
    for (let k = 0; k < count; k++) {
      const from = k * (size + 1)
      if (k > 0) input[from - 1] = operatorSymbol
      for (let i = 0; i < size; i++) input[from + i] = operands[k][i] + 1
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

  const oracle = (input: Uint8Array) => oracleOf(operation, options, operandsOf(input), input.length)

  const wanted =
    count === 1 ? "a number" : `${["two", "three", "four"][count - 2]} numbers with ${operator} between them`
  const parse = (text: string) => {
    const operands = parseOperands(text, operation, base, `expected ${wanted}, such as ${quote(question)}`)
    const size = Math.max(...operands.map((digits) => digits.length))
    // symbol 1 is the digit 0, which fills shorter operands
    const input = new Uint8Array(length(size)).fill(1)
    operands.forEach((digits, k) => {
      if (k > 0) input[k * (size + 1) - 1] = operatorSymbol
      input.set(digits.reverse(), k * (size + 1))
    })
    return input.fill(PAD, input.length - room)
  }

  const format = (text: Uint8Array) => Array.from(text, (symbol) => symbols[symbol] ?? "?").reverse()
  const formatOutput = (output: Uint8Array) => format(output).join("")
  const formatAnswer = (output: Uint8Array) => formatOutput(output).replace(/^[_0]+(?=.)/u, "")
  const formatInput = (input: Uint8Array) =>
    operandsOf(input)
      .map((symbols) => format(symbols).join(""))
      .join(operator)

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
      return example(Array.from({ length: count }, () => randomDigits(size, random)))
    },
    hard(size, random) {
      requireSize(name, size)
      return example(operation.hard?.(size, base, random) ?? hardOperands(count, size, base, random))
    },
    hardCases(size, random) {
      requireSize(name, size)
      const source = { size, base, operator, randomDigits: () => randomDigits(size, random), random }
      return arithmeticCases(source, count).map(({ name, hard, operands }) => ({ name, hard, ...example(operands) }))
    },
    families: familiesOf(name, base, operation.families, (size) => size, example),
    oracle,
    ...ofPackage,
    parse,
    formatInput,
    formatOutput,
    formatAnswer,
  }
}

/** Computes the right answer with BigInt, `places` symbols long. */
function oracleOf(
  { exact }: Operation,
  { base, output }: TaskOptions,
  operands: readonly Uint8Array[],
  places: number,
): Uint8Array {
  const values = operands.map((symbols) =>
    symbols.reduceRight((sum, symbol) => sum * BigInt(base) + BigInt(symbol - 1), 0n),
  )
  const digits = exact(values).toString(base)
  const written = output === "padded" ? digits.padStart(places, "0") : digits
  return Uint8Array.from({ length: places }, (_, i) =>
    i < written.length ? Number(written[written.length - 1 - i]) + 1 : PAD,
  )
}

/** Parses the digits of each operand into symbols, most significant first. */
function parseOperands(
  text: string,
  { name, operator, typedAs, operands: count }: Operation,
  base: number,
  expected: string,
) {
  const characters = meaningful(text)
  if (characters.length === 0) throw new UserError(`${name}: got an empty question, ${expected}`)
  const operands: number[][] = [[]]
  for (const character of characters) {
    const symbol = symbolOf(character, base)
    if (symbol > 0) operands[operands.length - 1].push(symbol)
    else if (count > 1 && typedAs.includes(character)) operands.push([])
    else
      throw new UserError(
        `${name}: got ${quote(character)} in ${quote(text)}, ${expected} and only the digits 0 to ${base - 1} (base ${base})`,
      )
  }
  if (operands.length === 1 && count > 1)
    throw new UserError(`${name}: got ${quote(text)} without the operator, ${expected}`)
  if (operands.length !== count)
    throw new UserError(`${name}: got ${operands.length - 1} operators in ${quote(text)}, ${expected}`)
  operands.forEach((digits, k) => {
    const side = k === 0 ? "before" : "after"
    if (digits.length === 0)
      throw new UserError(`${name}: got no number ${side} the ${operator} in ${quote(text)}, ${expected}`)
  })
  return operands
}
