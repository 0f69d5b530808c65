// Families of sums. A carry at a place is generated, propagated or killed, so a sum is a row of these signals,
// and its operands follow from the row [Price et al. 2016: nets fail on long carries].

import type { Random } from "../../core/rng.ts"
import { almostAll, anyDigits, narrowed, nearPower, periodicDigits, runsOfDigits, someLength } from "./digits.ts"
import type { Drawing } from "./family.ts"

type Operands = readonly Uint8Array[]

const signals = ["kill", "propagate", "generate"] as const
type Signal = (typeof signals)[number]

/** The families of sums of `count` numbers. */
export function sums(count: number): readonly Drawing<Operands>[] {
  const each = (draw: () => Uint8Array): Operands => Array.from({ length: count }, draw)
  const carries = (size: number, base: number, random: Random) =>
    operandsOf(signalRuns(size, random), count, base, random)
  const oneByOne = [runsOfDigits, anyDigits, nearPower] as const
  return [
    { name: "carry signals in runs", draw: carries },
    {
      name: "one carry through many places",
      draw: (size, base, random) => operandsOf(oneCarry(size, random), count, base, random),
    },
    { name: "runs of digits", draw: (size, base, random) => each(() => runsOfDigits(size, base, random)) },
    {
      name: "leading zeros",
      draw(size, base, random) {
        const width = 1 + random.below(size)
        const draw = oneByOne[random.below(oneByOne.length)]
        const narrow = random.below(2) > 0 ? carries(width, base, random) : each(() => draw(width, base, random))
        const wide = (digits: Uint8Array) => {
          const all = new Uint8Array(size)
          all.set(digits)
          return all
        }
        return narrow.map((digits) => wide(random.below(2) > 0 ? digits : narrowed(digits, random)))
      },
    },
    { name: "lone digits among zeros", draw: (size, base, random) => each(() => almostAll(0, size, base, random)) },
    {
      name: "mostly largest digits",
      draw: (size, base, random) => each(() => almostAll(base - 1, size, base, random)),
    },
    { name: "near powers of the base", draw: (size, base, random) => each(() => nearPower(size, base, random)) },
    {
      name: "equal or complementary numbers",
      draw(size, base, random) {
        const first = random.below(2) > 0 ? anyDigits(size, base, random) : runsOfDigits(size, base, random)
        const equal = random.below(2) > 0
        const last = first.map((digit) => (equal ? digit : base - 1 - digit))
        for (let n = random.below(3); n > 0; n--) last[random.below(size)] = random.below(base)
        return Array.from({ length: count }, (_, k) => (k === 0 ? first : k === 1 ? last : new Uint8Array(size)))
      },
    },
    { name: "periodic digits", draw: (size, base, random) => each(() => periodicDigits(size, base, random)) },
  ]
}

/** A Markov chain: each signal has its own mean run length, drawn on every scale. */
function signalRuns(size: number, random: Random): Signal[] {
  const mean = signals.map(() => someLength(size, random))
  let now = random.below(signals.length)
  return Array.from({ length: size }, () => {
    if (random.below(mean[now]) === 0) now = (now + 1 + random.below(2)) % signals.length
    return signals[now]
  })
}

/** A carry is born, passes through many places and ends. Around it everything is random. */
function oneCarry(size: number, random: Random): (Signal | undefined)[] {
  const from = random.below(size)
  const end = from + 1 + random.below(size - from)
  return Array.from({ length: size }, (_, i) =>
    i === from ? "generate" : i > from && i < end ? "propagate" : i === end ? "kill" : undefined,
  )
}

/**
 * Operands whose columns give these signals; an undefined signal means any column. Half of the time the
 * columns of a run are alike, so that the operands consist of runs as well.
 */
function operandsOf(wanted: readonly (Signal | undefined)[], count: number, base: number, random: Random): Operands {
  const alike = random.below(2) > 0
  const operands = Array.from({ length: count }, () => new Uint8Array(wanted.length))
  wanted.forEach((signal, i) => {
    if (alike && i > 0 && signal !== undefined && signal === wanted[i - 1]) {
      for (const digits of operands) digits[i] = digits[i - 1]
      return
    }
    let rest = signal === undefined ? -1 : columnSum(signal, count, base, random)
    operands.forEach((digits, k) => {
      if (rest < 0) digits[i] = random.below(base)
      else {
        const least = Math.max(0, rest - (base - 1) * (count - 1 - k))
        digits[i] = least + random.below(Math.min(base - 1, rest) - least + 1)
        rest -= digits[i]
      }
    })
  })
  return operands
}

/** A sum of one column that gives this signal. A single number cannot generate a carry; it propagates. */
function columnSum(signal: Signal, count: number, base: number, random: Random): number {
  const most = count * (base - 1)
  if (signal === "kill") return random.below(base - 1)
  return signal === "propagate" || most < base ? base - 1 : base + random.below(most - base + 1)
}
