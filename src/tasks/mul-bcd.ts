// Decimal multiplication with each digit as four bits, least significant first. The last bit of a digit has
// separate symbols, which mark the ends of digits
// [DNGPU code, "mulbcd": L = 9, 17, 25, 33, 41 for 1 to 5 digits, so L = 8·size + 1].

import { UserError } from "../core/errors.ts"
import { mul } from "./mul.ts"
import { requireSize } from "./options.ts"
import { type Example, type KnownTask, ofPackage, PAD, type TaskFamily, type TaskOptions } from "./task.ts"

const BITS = 4
/** PAD; 0 and 1; 0 and 1 as the last bit of a digit; the operator. */
const symbols = ["_", "0", "1", "₀", "₁", "*"]
const OPERATOR = 5
/** The symbol of a 0 bit at this place of a digit; that of a 1 follows. */
const zeroAt = (place: number) => (place % BITS === BITS - 1 ? 3 : 1)

export const mulBcd: TaskFamily = {
  name: "mul-bcd",
  summary: "the product of two decimal numbers, four bits per digit",
  sizes: "decimal digits of each number",
  defaults: { base: 10, output: "padded" },
  bases: [10, 10],
  create,
}

/** Writes decimal symbols (PAD, digits) as bits, from place `at` on. */
const write = (digits: Uint8Array, bits: Uint8Array, at: number) => {
  for (let i = 0; i < digits.length; i++)
    for (let b = 0; b < BITS; b++)
      bits[at + i * BITS + b] = digits[i] === PAD ? PAD : zeroAt(b) + (((digits[i] - 1) >> b) & 1)
}
/** Converts bits back to decimal symbols; 255 where four bits are not a digit. */
const read = (bits: Uint8Array) =>
  Uint8Array.from({ length: Math.floor(bits.length / BITS) }, (_, i) => {
    const four = [...bits.subarray(i * BITS, (i + 1) * BITS)]
    if (four.every((symbol) => symbol === PAD)) return PAD
    const bit = four.map((symbol, b) => symbol - zeroAt(b))
    const digit = bit.reduce((sum, x, b) => sum + (x << b), 0)
    return bit.every((x) => x === 0 || x === 1) && digit < 10 ? digit + 1 : 255
  })

/** Wraps the multiplication task: converts its digits to bits. */
function create(options: TaskOptions): KnownTask {
  const plain = mul.create(options)
  const length = (size: number) => 2 * BITS * size + 1
  const sizeOf = (L: number) => Math.max(0, Math.floor((L - 1) / (2 * BITS)))

  const question = (input: Uint8Array) => {
    const size = plain.sizeOf(input.length)
    const bits = new Uint8Array(length(size))
    write(input.subarray(0, size), bits, 0)
    bits[BITS * size] = OPERATOR
    write(input.subarray(size + 1), bits, BITS * size + 1)
    return bits
  }
  const decimal = (bits: Uint8Array) => {
    const size = sizeOf(bits.length)
    const input = new Uint8Array(plain.length(size))
    input.set(read(bits.subarray(0, BITS * size)))
    input[size] = options.base + 1
    input.set(read(bits.subarray(BITS * size + 1)), size + 1)
    return input
  }
  /**
   * Converts a product of 2·size digits. The last place of plain multiplication is always 0 and has no bits
   * here.
   */
  const answer = (target: Uint8Array) => {
    const bits = new Uint8Array(length(plain.sizeOf(target.length)))
    write(target.subarray(0, target.length - 1), bits, 0)
    return bits
  }
  const example = ({ input, target }: Example): Example => ({ input: question(input), target: answer(target) })
  const sized = <T>(size: number, make: () => T): T => {
    requireSize(mulBcd.name, size)
    return make()
  }
  const digit = (symbol: number) => plain.symbols[symbol] ?? "?"

  return {
    name: mulBcd.name,
    options,
    symbols,
    typed: plain.typed,
    minSize: plain.minSize,
    length,
    sizeOf,
    random: (size, random) => sized(size, () => example(plain.random(size, random))),
    hard: (size, random) => sized(size, () => example(plain.hard(size, random))),
    hardCases: (size, random) =>
      sized(size, () => plain.hardCases(size, random).map((made) => ({ ...made, ...example(made) }))),
    ...ofPackage,
    families: plain.families.map(({ name, draw }) => ({
      name,
      draw: (size, random) => sized(size, () => example(draw(size, random))),
    })),
    oracle: (bits) => answer(plain.oracle(decimal(bits))),
    parse(text) {
      try {
        return question(plain.parse(text))
      } catch (error) {
        if (error instanceof UserError) throw new UserError(error.message.replace(/^mul:/u, `${mulBcd.name}:`))
        throw error
      }
    },
    formatInput: (bits) => plain.formatInput(decimal(bits)),
    formatOutput: (output) =>
      Array.from(output, (symbol) => symbols[symbol] ?? "?")
        .reverse()
        .join(""),
    formatAnswer: (output) =>
      Array.from(read(output), digit)
        .reverse()
        .join("")
        .replace(/^[_0]+(?=.)/u, "") || "?",
  }
}
