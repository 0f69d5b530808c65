// Roman numerals to decimal numbers: MCMXCIV is 1994.
//   npx neural-gpu train --task examples/roman.ts

import { defineTask } from "neural-gpu"

const values = [
  ["M", 1000],
  ["CM", 900],
  ["D", 500],
  ["CD", 400],
  ["C", 100],
  ["XC", 90],
  ["L", 50],
  ["XL", 40],
  ["X", 10],
  ["IX", 9],
  ["V", 5],
  ["IV", 4],
  ["I", 1],
] as const

function toRoman(number: number): string {
  let rest = number
  let out = ""
  for (const [letters, value] of values) for (; rest >= value; rest -= value) out += letters
  return out
}

function fromRoman(numeral: string): number {
  let rest = numeral
  let sum = 0
  for (const [letters, value] of values)
    for (; rest.startsWith(letters); rest = rest.slice(letters.length)) sum += value
  return sum
}

/** The numbers 1 to 3999 by the length of their numerals: 1 to 15 letters. */
const byLength = new Map<number, string[]>()
for (let number = 1; number <= 3999; number++) {
  const numeral = toRoman(number)
  byLength.set(numeral.length, [...(byLength.get(numeral.length) ?? []), numeral])
}

export const task = defineTask({
  name: "roman",
  symbols: "IVXLCDM0123456789",
  question(size, random) {
    const all = byLength.get(Math.min(size, 15)) ?? []
    return all[random.below(all.length)]
  },
  answer: (numeral) => String(fromRoman(numeral)),
  sizes: [
    [1, 5],
    [6, 9],
    [10, 13],
  ],
  goal: 15,
})
