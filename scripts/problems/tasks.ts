// Twelve problems of other people's kind. Five are examples of this package.

import { task as baseConversion } from "../../examples/base-conversion.ts"
import { task as brackets } from "../../examples/brackets.ts"
import { task as caesar } from "../../examples/caesar.ts"
import { task as roman } from "../../examples/roman.ts"
import { task as runLength } from "../../examples/run-length.ts"
import { defineTask, type OwnTask, type Random } from "../../src/index.ts"

const text = (size: number, symbols: string, random: Random): string =>
  Array.from({ length: size }, () => symbols[random.below(symbols.length)]).join("")

/** A number of exactly n digits. */
const digits = (n: number, base: number, random: Random): string =>
  Array.from({ length: n }, (_, i) => {
    return (i === 0 && n > 1 ? 1 + random.below(base - 1) : random.below(base)).toString(base)
  }).join("")

const value = (number: string, base: number): bigint =>
  [...number].reduce((sum, digit) => sum * BigInt(base) + BigInt(Number.parseInt(digit, base)), 0n)

const sortLetters = defineTask({
  name: "sort-letters",
  symbols: "abcde",
  question: (size, random) => text(size, "abcde", random),
  answer: (question) => [...question].sort().join(""),
  sizes: [[1, 14]],
})

const unaryToBinary = defineTask({
  name: "unary-to-binary",
  symbols: "01",
  backwards: true,
  question: (size) => "1".repeat(size),
  answer: (question) => question.length.toString(2),
  sizes: [[1, 20]],
})

const addBase7 = defineTask({
  name: "add-base-7",
  symbols: "0123456+",
  backwards: true,
  question: (size, random) => `${digits(size, 7, random)}+${digits(size, 7, random)}`,
  answer(question) {
    const [a, b] = question.split("+").map((number) => value(number, 7))
    return (a + b).toString(7)
  },
  sizes: [[1, 10]],
})

const parity = defineTask({
  name: "parity",
  symbols: "01",
  question: (size, random) => text(size, "01", random),
  answer: (question) => String((question.split("1").length - 1) % 2),
  sizes: [[1, 20]],
})

const subtraction = defineTask({
  name: "subtraction",
  symbols: "0123456789-",
  backwards: true,
  question(size, random) {
    const [a, b] = [digits(size, 10, random), digits(size, 10, random)]
    return BigInt(a) >= BigInt(b) ? `${a}-${b}` : `${b}-${a}`
  },
  answer(question) {
    const [a, b] = question.split("-").map(BigInt)
    return String(a - b)
  },
  sizes: [[1, 10]],
})

const reverseWords = defineTask({
  name: "reverse-words",
  symbols: "abcdefgh ",
  question(size, random) {
    let sentence = text(1 + random.below(5), "abcdefgh", random)
    while (sentence.length < size) sentence += ` ${text(1 + random.below(5), "abcdefgh", random)}`
    return sentence
  },
  answer: (question) =>
    question
      .split(" ")
      .map((word) => [...word].reverse().join(""))
      .join(" "),
  sizes: [[1, 16]],
})

const replace = defineTask({
  name: "replace",
  symbols: "abcd",
  question: (size, random) => text(size, "abd", random),
  answer: (question) => question.replaceAll("ab", "c"),
  sizes: [[1, 16]],
})

/** Sizes of the tests, as multiples of the largest training size. */
const usual = [1, 1.5, 2, 4, 10]

export interface Problem {
  readonly about: string
  readonly own: OwnTask
  readonly factors: readonly number[]
}

const all: readonly (Omit<Problem, "factors"> & Partial<Problem>)[] = [
  { own: roman, about: "Roman numerals to decimal numbers", factors: [1] }, // there are no longer ones
  { own: caesar, about: "Caesar's cipher with its key in front" },
  { own: runLength, about: "run-length decoding: a3b1 is aaab" },
  { own: baseConversion, about: "binary to hexadecimal" },
  { own: brackets, about: "are brackets of three kinds balanced?" },
  { own: sortLetters, about: "sorting letters of five kinds" },
  { own: unaryToBinary, about: "unary to binary: 11111 is 101" },
  { own: addBase7, about: "addition in base 7" },
  { own: parity, about: "is the number of ones odd?" },
  { own: subtraction, about: "decimal subtraction" },
  { own: reverseWords, about: "reversing each word of a sentence" },
  { own: replace, about: "every ab becomes c" },
]

export const problems: readonly Problem[] = all.map((problem) => ({ factors: usual, ...problem }))
