// The hard pairs of numbers of one size. Random operands almost never have long carries, so a model that
// fails on 99..9 + 1 can look perfect on them [Price et al. 2016]. Digits are least significant first.

import type { Random } from "../core/rng.ts"

/**
 * One number of a hard pair: 0, 1, 2, all nines, all ones, random, nines and zeros alternating from either,
 * base^k, base^k − 1.
 */
export type Operand =
  | "zero"
  | "one"
  | "two"
  | "full"
  | "ones"
  | "random"
  | "alternating"
  | "complement"
  | { readonly power: number }
  | { readonly largestOf: number }

/** What two numbers are, or how they add up. */
type PairCase =
  | { readonly family: "operands"; readonly a: Operand; readonly b: Operand }
  | { readonly family: "equal" }
  /** They add up to base^places − 1: no carry, but almost one at every place. */
  | { readonly family: "sum-below-power"; readonly places: number }
  | { readonly family: "sum-power"; readonly places: number }
  /** A chain of carries out of this many consecutive places, starting at `from`, that stops there. */
  | { readonly family: "carry"; readonly places: number; readonly from: number }

/**
 * For questions without exactly two numbers: only the first of the pair, or what the further operands are.
 */
export type ArithmeticCase = PairCase & { readonly only?: "first"; readonly rest?: "zero" | "full" | "random" }

export interface Pair {
  readonly name: string
  readonly hard: PairCase
  readonly a: Uint8Array // [size] digits
  readonly b: Uint8Array // [size] digits
}

export interface CaseSource {
  readonly size: number
  readonly base: number
  readonly operator: string
  readonly random: Random
  randomDigits(): Uint8Array
}

/** At most a handful of distinct integers from 1 to n, spread over the range, including both ends. */
export function spread(n: number): number[] {
  const wanted = [1, 2, Math.ceil(n / 4), Math.ceil(n / 2), Math.ceil((3 * n) / 4), n - 1, n]
  return [...new Set(wanted)].filter((k) => k >= 1 && k <= n).sort((x, y) => x - y)
}

export interface Case {
  readonly name: string
  readonly hard: ArithmeticCase
  readonly operands: readonly Uint8Array[] // [count][size] digits
}

/**
 * All distinct hard questions of this size with `count` operands. With one operand: the first operands of the
 * hard pairs. With more than two: each hard pair followed by zeros, by the largest number, or by a random
 * one.
 */
export function arithmeticCases(source: CaseSource, count: number): Case[] {
  const pairs = hardPairs(source)
  if (count === 2) return pairs.map(({ name, hard, a, b }) => ({ name, hard, operands: [a, b] }))
  const rests = [
    ["zero", "0", () => new Uint8Array(source.size)],
    ["full", `${source.base - 1}…${source.base - 1}`, () => new Uint8Array(source.size).fill(source.base - 1)],
    ["random", "random", () => source.randomDigits()],
  ] as const
  const cases: Case[] = pairs.flatMap(({ name, hard, a, b }): Case[] =>
    count === 1
      ? [{ name: `the first of ${name}`, hard: { ...hard, only: "first" }, operands: [a] }]
      : rests.map(([rest, shown, draw]) => ({
          name: `${name}, and ${shown}`,
          hard: { ...hard, rest },
          operands: [a, b, ...Array.from({ length: count - 2 }, draw)],
        })),
  )
  return [...new Map(cases.map((made) => [made.operands.join("|"), made])).values()]
}

/** A number with its name, as text and as data. */
type Named = readonly [name: string, kind: Operand, digits: Uint8Array]

/** All distinct hard pairs of this size. */
function hardPairs({ size, base, operator, random, randomDigits }: CaseSource): Pair[] {
  const top = base - 1
  const pairs = new Map<string, Pair>()
  const put = (name: string, hard: PairCase, a: Uint8Array, b: Uint8Array) => {
    const key = `${a}|${b}`
    if (!pairs.has(key)) pairs.set(key, { name, hard, a, b })
  }
  const inOrder = ([x, kindX, a]: Named, [y, kindY, b]: Named) =>
    put(`${x} ${operator} ${y}`, { family: "operands", a: kindX, b: kindY }, a, b)
  const bothOrders = (x: Named, y: Named) => {
    inOrder(x, y)
    inOrder(y, x)
  }

  const repeated = (digit: number) => new Uint8Array(size).fill(digit)
  const low = (k: number, digit: number) => new Uint8Array(size).fill(digit, 0, k)
  const power = (k: number) => {
    const digits = new Uint8Array(size)
    digits[k] = 1
    return digits
  }
  const zero: Named = ["0", "zero", repeated(0)]
  const one: Named = ["1", "one", power(0)]
  const full: Named = [`${top}…${top}`, "full", repeated(top)]
  const anything = (): Named => ["random", "random", randomDigits()]

  inOrder(["0…0", "zero", zero[2]], ["0…0", "zero", zero[2]])
  inOrder(["0…01", "one", one[2]], ["0…01", "one", one[2]])
  if (base > 2 || size > 1) {
    const two: Named = ["two", "two", base > 2 ? low(1, 2) : power(1)]
    inOrder(two, two)
    bothOrders(two, full)
  }
  bothOrders(full, one)
  bothOrders(full, zero)
  inOrder(full, full)
  const ones: Named = ["1…1", "ones", repeated(1)]
  inOrder(ones, ones)
  bothOrders(full, anything())
  bothOrders(anything(), zero)
  bothOrders(anything(), one)
  for (let i = 0; i < 3; i++) {
    const equal = randomDigits()
    put(`equal operands, ${i + 1}`, { family: "equal" }, equal, equal)
  }

  for (const k of spread(size)) {
    const p: Named = [`${base}^${k - 1}`, { power: k - 1 }, power(k - 1)]
    const largest: Named = [`${base}^${k}-1`, { largestOf: k }, low(k, top)]
    bothOrders(p, one)
    inOrder(p, p)
    bothOrders(p, [`${base}^${size - k}`, { power: size - k }, power(size - k)])
    bothOrders(p, anything())
    bothOrders(largest, one)
    inOrder(largest, largest)
    bothOrders(largest, [`${base}^${size}-1`, "full", full[2]])

    const a = randomDigits().fill(0, k)
    const complement = a.map((digit, i) => (i < k ? top - digit : 0))
    put(`operands that add up to ${base}^${k}-1`, { family: "sum-below-power", places: k }, a, complement)
    const positive = randomDigits().fill(0, k)
    if (positive.every((digit) => digit === 0)) positive[0] = 1
    const sum = `operands that add up to ${base}^${k}`
    put(sum, { family: "sum-power", places: k }, positive, negated(positive, k, base))

    // A carry starts at place `start`, runs through k places and stops there; the other digits are random.
    const start = random.below(size - k + 1)
    const x = randomDigits()
    const y = randomDigits()
    x[start] = top
    y[start] = 1 + random.below(top)
    for (let i = start + 1; i < start + k; i++) y[i] = top - x[i]
    if (start + k < size) x[start + k] = y[start + k] = 0
    put(`a carry through ${k} places from place ${start}`, { family: "carry", places: k, from: start }, x, y)
  }

  const alternating = (first: 0 | 1) => new Uint8Array(size).map((_, i) => (i % 2 === first ? top : 0))
  const even: Named = ["alternating digits", "alternating", alternating(0)]
  bothOrders(even, ["their complement", "complement", alternating(1)])
  inOrder(even, ["themselves", "alternating", even[2]])
  return [...pairs.values()]
}

/** base^k - a, for 0 < a < base^k. */
function negated(a: Uint8Array, k: number, base: number): Uint8Array {
  const digits = new Uint8Array(a.length)
  let borrowed = false
  for (let i = 0; i < k; i++) {
    const digit = borrowed ? base - 1 - a[i] : base - a[i]
    borrowed ||= a[i] !== 0
    digits[i] = digit % base
  }
  return digits
}
