// The hard pairs of numbers of one size. Random operands almost never carry far, and a model that fails on 99..9 + 1 looks
// perfect on them: Price, Zaremba & Sutskever 2016 found it so. Digits are least significant first.

import type { Random } from "../core/rng.ts"

export interface Pair {
  readonly name: string
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

/** At most a handful of different whole numbers from 1 to n, spread over the range, both ends among them. */
export function spread(n: number): number[] {
  const wanted = [1, 2, Math.ceil(n / 4), Math.ceil(n / 2), Math.ceil((3 * n) / 4), n - 1, n]
  return [...new Set(wanted)].filter((k) => k >= 1 && k <= n).sort((x, y) => x - y)
}

export interface Case {
  readonly name: string
  readonly operands: readonly Uint8Array[] // [count][size] digits
}

/** All hard questions of this size with `count` operands, none twice. With one, the first operands of the hard pairs; with more
 *  than two, each hard pair with zeros, the largest number or a random one behind it. */
export function arithmeticCases(source: CaseSource, count = 2): Case[] {
  const pairs = hardPairs(source)
  if (count === 2) return pairs.map(({ name, a, b }) => ({ name, operands: [a, b] }))
  const rests = [
    ["0", () => new Uint8Array(source.size)],
    [`${source.base - 1}…${source.base - 1}`, () => new Uint8Array(source.size).fill(source.base - 1)],
    ["random", () => source.randomDigits()],
  ] as const
  const cases: Case[] = pairs.flatMap(({ name, a, b }): Case[] =>
    count === 1
      ? [{ name: `the first of ${name}`, operands: [a] }]
      : rests.map(([rest, draw]) => ({
          name: `${name}, and ${rest}`,
          operands: [a, b, ...Array.from({ length: count - 2 }, draw)],
        })),
  )
  return [...new Map(cases.map((made) => [made.operands.join("|"), made])).values()]
}

/** All hard pairs of this size, no pair twice. */
function hardPairs({ size, base, operator, random, randomDigits }: CaseSource): Pair[] {
  const top = base - 1
  const pairs = new Map<string, Pair>()
  const put = (name: string, a: Uint8Array, b: Uint8Array) => {
    const key = `${a}|${b}`
    if (!pairs.has(key)) pairs.set(key, { name, a, b })
  }
  const bothOrders = (x: string, a: Uint8Array, y: string, b: Uint8Array) => {
    put(`${x} ${operator} ${y}`, a, b)
    put(`${y} ${operator} ${x}`, b, a)
  }

  const repeated = (digit: number) => new Uint8Array(size).fill(digit)
  const low = (k: number, digit: number) => new Uint8Array(size).fill(digit, 0, k)
  const power = (k: number) => {
    const digits = new Uint8Array(size)
    digits[k] = 1
    return digits
  }
  const zero = repeated(0)
  const one = power(0)
  const full = repeated(top)
  const fullName = `${top}…${top}`

  put(`0…0 ${operator} 0…0`, zero, zero)
  put(`0…01 ${operator} 0…01`, one, one)
  if (base > 2 || size > 1) {
    const two = base > 2 ? low(1, 2) : power(1)
    put(`two ${operator} two`, two, two)
    bothOrders("two", two, fullName, full)
  }
  bothOrders(fullName, full, "1", one)
  bothOrders(fullName, full, "0", zero)
  put(`${fullName} ${operator} ${fullName}`, full, full)
  put(`1…1 ${operator} 1…1`, repeated(1), repeated(1))
  bothOrders(fullName, full, "random", randomDigits())
  bothOrders("random", randomDigits(), "0", zero)
  bothOrders("random", randomDigits(), "1", one)
  for (let i = 0; i < 3; i++) {
    const equal = randomDigits()
    put(`equal operands, ${i + 1}`, equal, equal)
  }

  for (const k of spread(size)) {
    const p = power(k - 1)
    bothOrders(`${base}^${k - 1}`, p, "1", one)
    put(`${base}^${k - 1} ${operator} ${base}^${k - 1}`, p, p)
    bothOrders(`${base}^${k - 1}`, p, `${base}^${size - k}`, power(size - k))
    bothOrders(`${base}^${k - 1}`, p, "random", randomDigits())
    bothOrders(`${base}^${k}-1`, low(k, top), "1", one)
    put(`${base}^${k}-1 ${operator} ${base}^${k}-1`, low(k, top), low(k, top))
    bothOrders(`${base}^${k}-1`, low(k, top), `${base}^${size}-1`, full)

    const a = randomDigits().fill(0, k)
    const complement = a.map((digit, i) => (i < k ? top - digit : 0))
    put(`operands that add up to ${base}^${k}-1`, a, complement)
    const positive = randomDigits().fill(0, k)
    if (positive.every((digit) => digit === 0)) positive[0] = 1
    put(`operands that add up to ${base}^${k}`, positive, negated(positive, k, base))

    // A carry starts at place `start`, runs through k places and stops there; the rest is random.
    const start = random.below(size - k + 1)
    const x = randomDigits()
    const y = randomDigits()
    x[start] = top
    y[start] = 1 + random.below(top)
    for (let i = start + 1; i < start + k; i++) y[i] = top - x[i]
    if (start + k < size) x[start + k] = y[start + k] = 0
    put(`a carry through ${k} places from place ${start}`, x, y)
  }

  const even = new Uint8Array(size).map((_, i) => (i % 2 === 0 ? top : 0))
  const odd = new Uint8Array(size).map((_, i) => (i % 2 === 1 ? top : 0))
  bothOrders("alternating digits", even, "their complement", odd)
  put(`alternating digits ${operator} themselves`, even, even)
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
