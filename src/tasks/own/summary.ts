// What will be learned from pairs, and what is odd in them, in sentences.

import type { Vocabulary } from "../task.ts"
import { bySize, type Pair, type Parted, type ReadPair, symbolsOf } from "./pairs.ts"

/** Fewer training pairs of a length are worth a note. */
const FEW_PAIRS = 16
/** Items of a list that a note shows. */
const MOST_SHOWN = 5

const grouped = (n: number): string => n.toLocaleString("en-US")
const many = (n: number, one: string, more = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : more}`
const some = (items: readonly string[]): string =>
  items.slice(0, MOST_SHOWN).join(", ") + (items.length > MOST_SHOWN ? ", …" : "")

/** The sentences. The first one says what will be learned. */
export function notesOf(
  given: { readonly pairs: readonly Pair[]; readonly tests: readonly Pair[] },
  parted: Parted,
  vocabulary: Vocabulary,
): string[] {
  const { training, tests, chosen } = parted
  const all = chosen === "given" ? training : [...training, ...tests]
  const { symbols, tokens, backwards } = vocabulary
  const what = tokens === "words" ? "word" : "symbol"
  const direction = backwards ? ", read backwards" : ""
  const first = `${many(given.pairs.length, "pair")}, ${many(symbols.length, what)}${direction}, ${lengthsOf(all)}; ${kept(parted)}`
  return [
    first,
    ...places(vocabulary),
    ...repeated(given, parted),
    ...unknownSymbols(parted),
    ...few(training),
    ...hint(training, vocabulary),
  ].filter((note) => note !== "")
}

const lengthOf = ({ symbols }: ReadPair) => symbols.question.length

function lengthsOf(pairs: readonly ReadPair[]): string {
  const lengths = pairs.map(lengthOf)
  const [least, most] = [lengths.reduce((a, b) => Math.min(a, b)), lengths.reduce((a, b) => Math.max(a, b))]
  return least === most ? `length ${least}` : `lengths ${least} to ${most}`
}

function kept({ tests, chosen }: Parted): string {
  if (chosen === "given") return `${many(tests.length, "test pair")}, ${lengthsOf(tests)}`
  if (chosen === "longest") return `the ${grouped(tests.length)} longest (${lengthsOf(tests)}) are kept for tests`
  return `${grouped(tests.length)} drawn at random are kept for tests, because most questions have one length; longer ones are not tested`
}

function places({ places: { times, plus } }: Vocabulary): string[] {
  if (times === 1 && plus === 0) return []
  const length = plus > 0 ? `the question's length and ${plus} more` : `${times} times the question's length`
  return [`some answers are longer than their questions: both are padded to ${length}`]
}

function repeated({ pairs, tests }: Parameters<typeof notesOf>[0], { training, tests: own }: Parted): string[] {
  const answers = new Map<string, Set<string>>()
  for (const { symbols } of [...training, ...own]) {
    const question = JSON.stringify(symbols.question)
    answers.set(question, (answers.get(question) ?? new Set()).add(JSON.stringify(symbols.answer)))
  }
  const torn = [...answers].filter(([, found]) => found.size > 1)
  const left = pairs.length + tests.length - training.length - own.length
  return [
    torn.length > 0
      ? `${many(torn.length, "question")} ${torn.length === 1 ? "has" : "have"} different answers (${some(torn.map(([question]) => JSON.parse(question).join("")))}): they cannot all be right`
      : "",
    left > 0
      ? `${many(left, "pair")} that ${left === 1 ? "appears" : "appear"} twice, or in training and tests, ${left === 1 ? "is" : "are"} used once`
      : "",
  ]
}

/** Symbols that only tests have: nobody can learn them. */
function unknownSymbols({ training, tests }: Parted): string[] {
  const known = symbolsOf(training)
  const unknown = new Set([...symbolsOf(tests)].filter((symbol) => !known.has(symbol)))
  return unknown.size === 0
    ? []
    : [
        `${many(unknown.size, "symbol")} (${some([...unknown])}) ${unknown.size === 1 ? "is" : "are"} in the tests only, and cannot be learned`,
      ]
}

function few(training: readonly ReadPair[]): string[] {
  const sized = bySize(training.map((pair) => ({ pair, size: lengthOf(pair) })))
  const short = [...sized].filter(([, pairs]) => pairs.length < FEW_PAIRS)
  if (short.length === 0) return []
  return [
    `few training pairs of some lengths: ${some(short.map(([size, pairs]) => `${pairs.length} of length ${size}`))}`,
  ]
}

/** Carries run from the last digit to the first. */
function hint(training: readonly ReadPair[], { tokens, backwards }: Vocabulary): string[] {
  const number = /^\d+$/u
  const numbers = training.filter(({ question, answer }) => /\d\d/u.test(question) && number.test(answer)).length
  return backwards || tokens === "words" || numbers < training.length / 2
    ? []
    : ["these look like numbers: --backwards reads them from the last digit, as carries need it"]
}
