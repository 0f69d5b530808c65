// Twelve problems of other people's kind, each learned from 5,000 pairs with the same defaults, on three
// seeds. Writes results/problems.json; what is there already is not run again.
//
//   node scripts/problems.ts [--only roman,parity] [--seeds 3] [--time 3m]

import { spawnSync } from "node:child_process"
import fs from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { type Random, random } from "../src/core/rng.ts"

/** Draws a pair of about this length. */
interface Problem {
  readonly name: string
  readonly about: string
  /** Largest size of the training pairs. */
  readonly largest: number
  readonly options: readonly string[]
  pair(size: number, random: Random): readonly [question: string, answer: string]
}

const letters = "abcdefghijklmnopqrstuvwxyz"
const text = (n: number, symbols: string, { below }: Random) =>
  Array.from({ length: n }, () => symbols[below(symbols.length)]).join("")
/** A number of exactly n digits of a base. */
const digits = (n: number, base: number, choose: Random) =>
  Array.from({ length: n }, (_, i) =>
    (i === 0 && n > 1 ? 1 + choose.below(base - 1) : choose.below(base)).toString(base),
  ).join("")
const big = (number: string, base: number) =>
  [...number].reduce((sum, digit) => sum * BigInt(base) + BigInt(Number.parseInt(digit, base)), 0n)

const romans = [
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
function roman(n: number): string {
  let out = ""
  for (const [symbol, value] of romans) for (; n >= value; n -= value) out += symbol
  return out
}

/** Brackets of three kinds; in half of the cases one of them is wrong. */
function brackets(size: number, choose: Random): [string, string] {
  const kinds = ["()", "[]", "{}"]
  const open: number[] = []
  let out = ""
  for (let left = 2 * size; left > 0; left--) {
    if (open.length === 0 || (open.length < left && choose.below(2) === 0)) {
      const kind = choose.below(3)
      open.push(kind)
      out += kinds[kind][0]
    } else out += kinds[open.pop() as number][1]
  }
  if (choose.below(2) === 0) return [out, "1"]
  const at = choose.below(out.length)
  const all = kinds.join("")
  const other = all[(all.indexOf(out[at]) + 1 + choose.below(5)) % 6]
  const wrong = out.slice(0, at) + other + out.slice(at + 1)
  return [wrong, balanced(wrong) ? "1" : "0"]
}
function balanced(of: string): boolean {
  const open: string[] = []
  for (const c of of) {
    const kind = "([{".indexOf(c)
    if (kind >= 0) open.push(")]}"[kind])
    else if (open.pop() !== c) return false
  }
  return open.length === 0
}

const problems: readonly Problem[] = [
  {
    name: "roman",
    about: "Roman numerals to decimal numbers",
    largest: 9,
    options: [],
    pair: (_, choose) => {
      const n = 1 + choose.below(3999)
      return [roman(n), String(n)]
    },
  },
  {
    name: "caesar",
    about: "Caesar shift, its key in front: c:abc is def",
    largest: 12,
    options: [],
    pair(size, choose) {
      const [key, word] = [choose.below(26), text(size, letters, choose)]
      return [`${letters[key]}:${word}`, [...word].map((c) => letters[(letters.indexOf(c) + key) % 26]).join("")]
    },
  },
  {
    name: "run-length",
    about: "run-length decoding: a3b1 is aaab",
    largest: 6,
    options: [],
    pair(size, choose) {
      const runs = Array.from({ length: size }, () => [letters[choose.below(4)], 1 + choose.below(4)] as const)
      return [runs.map(([c, n]) => `${c}${n}`).join(""), runs.map(([c, n]) => c.repeat(n)).join("")]
    },
  },
  {
    name: "base-conversion",
    about: "binary to hexadecimal",
    largest: 20,
    options: ["--backwards"],
    pair(size, choose) {
      const n = digits(size, 2, choose)
      return [n, big(n, 2).toString(16)]
    },
  },
  { name: "brackets", about: "are brackets of three kinds balanced?", largest: 8, options: [], pair: brackets },
  {
    name: "sort-letters",
    about: "sorting letters of five kinds",
    largest: 14,
    options: [],
    pair(size, choose) {
      const word = text(size, "abcde", choose)
      return [word, [...word].sort().join("")]
    },
  },
  {
    name: "unary-to-binary",
    about: "unary to binary: 11111 is 101",
    largest: 20,
    options: ["--backwards"],
    pair: (size) => ["1".repeat(size), size.toString(2)],
  },
  {
    name: "add-base-7",
    about: "addition in base 7, both numbers of n digits",
    largest: 10,
    options: ["--backwards"],
    pair(size, choose) {
      const [a, b] = [digits(size, 7, choose), digits(size, 7, choose)]
      return [`${a}+${b}`, (big(a, 7) + big(b, 7)).toString(7)]
    },
  },
  {
    name: "parity",
    about: "is the number of ones odd?",
    largest: 20,
    options: [],
    pair(size, choose) {
      const bits = text(size, "01", choose)
      return [bits, String([...bits].filter((bit) => bit === "1").length % 2)]
    },
  },
  {
    name: "subtraction",
    about: "decimal subtraction, both numbers of n digits",
    largest: 10,
    options: ["--backwards"],
    pair(size, choose) {
      const [a, b] = [digits(size, 10, choose), digits(size, 10, choose)]
      const [most, least] = big(a, 10) >= big(b, 10) ? [a, b] : [b, a]
      return [`${most}-${least}`, String(big(most, 10) - big(least, 10))]
    },
  },
  {
    name: "reverse-words",
    about: "reversing each word of a sentence",
    largest: 16,
    options: [],
    pair(size, choose) {
      let sentence = ""
      while (sentence.length < size)
        sentence += `${sentence === "" ? "" : " "}${text(1 + choose.below(5), letters.slice(0, 8), choose)}`
      return [
        sentence,
        sentence
          .split(" ")
          .map((word) => [...word].reverse().join(""))
          .join(" "),
      ]
    },
  },
  {
    name: "replace",
    about: "replace by a rule: every ab becomes c",
    largest: 16,
    options: [],
    pair(size, choose) {
      const word = text(size, "abd", choose)
      return [word, word.replaceAll("ab", "c")]
    },
  },
]

const PAIRS = 5000
const TESTS = 200
/** Lengths of the tests, as multiples of the largest training size. */
const FACTORS = [1, 1.5, 2, 4, 10]

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "3" },
    time: { type: "string", default: "3m" },
    out: { type: "string", default: "results/problems.json" },
  },
})
const root = join(import.meta.dirname, "..")
const folder = join(root, "runs", "problems")
fs.mkdirSync(folder, { recursive: true })

interface Result {
  readonly problem: string
  readonly about: string
  readonly seed: number
  readonly reason: string
  readonly steps: number
  readonly seconds: number
  /** Share of right answers by length of the question, on fresh pairs. */
  readonly exact: readonly {
    readonly size: number
    readonly from?: number
    readonly to: number
    readonly samples: number
    readonly exact: number
    readonly trained: boolean
  }[]
}

const write = (file: string, pairs: readonly (readonly [string, string])[]) =>
  fs.writeFileSync(file, pairs.map(([question, answer]) => `${question}\t${answer}\n`).join(""))

/** Runs the command line and returns its JSON lines. */
function cli(args: readonly string[]): Record<string, unknown>[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/neural-gpu.mjs"), ...args], {
    encoding: "utf8",
    maxBuffer: 1e9,
  })
  if (status !== 0 && status !== 1) throw new Error(`${args.join(" ")}: ${stderr}`)
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const known: Result[] = fs.existsSync(values.out) ? JSON.parse(fs.readFileSync(values.out, "utf8")).results : []
const wanted = problems.filter(({ name }) => values.only === undefined || values.only.split(",").includes(name))
for (let seed = 1; seed <= Number(values.seeds); seed++)
  for (const { name, about, largest, options, pair } of wanted) {
    if (known.some((result) => result.problem === name && result.seed === seed)) continue
    const draw = (purpose: number, count: number, sizeOf: (choose: Random) => number) => {
      const choose = random(purpose, seed)
      return Array.from({ length: count }, () => pair(sizeOf(choose), choose))
    }
    const data = join(folder, `${name}.tsv`)
    const tests = join(folder, `${name}-longer.tsv`)
    const out = join(folder, `${name}-${seed}`)
    write(
      data,
      draw(1, PAIRS, (choose) => 1 + choose.below(largest)),
    )
    write(
      tests,
      FACTORS.flatMap((factor, i) => draw(2 + i, TESTS, () => Math.round(factor * largest))),
    )
    fs.rmSync(out, { recursive: true, force: true })
    const events = cli([
      "train",
      "--data",
      data,
      ...options,
      "--seed",
      String(seed),
      "--time",
      values.time,
      "--out",
      out,
      "--json",
    ])
    const end = events.at(-1) as { reason: string; step: number; seconds: number }
    const rows = cli(["eval", out, "--data", tests, "--json"]) as unknown as Result["exact"]
    known.push({ problem: name, about, seed, reason: end.reason, steps: end.step, seconds: end.seconds, exact: rows })
    fs.writeFileSync(
      values.out,
      `${JSON.stringify({ pairs: PAIRS, tests: TESTS, time: values.time, results: known }, null, 1)}\n`,
    )
    const shares = rows.map(({ size, exact }) => `${size}: ${(100 * exact).toFixed(0)} %`)
    process.stderr.write(
      `${name}, seed ${seed}: ${end.reason} at step ${end.step} (${end.seconds.toFixed(0)} s); ${shares.join(", ")}\n`,
    )
  }
