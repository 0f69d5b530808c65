// A task from pairs of question and answer: vocabulary, places, groups of sizes and tests follow from them.

import { UserError } from "../../core/errors.ts"
import { type Random, random } from "../../core/rng.ts"
import type { Example, Tokens, Vocabulary } from "../task.ts"
import { quote } from "../typing.ts"
import { bySize, listedPairs, type Pair, type Parted, type ReadPair, type SizedExample, symbolsOf } from "./pairs.ts"
import { notesOf } from "./summary.ts"
import { type OwnTask, ownTask } from "./task.ts"
import { Codec, join, MOST_SYMBOLS, placesFor, split } from "./vocabulary.ts"

export interface PairsOptions {
  /** Names the task in messages and folders; "pairs" by default. */
  readonly name?: string
  /** What a symbol is; "characters" by default. */
  readonly tokens?: Tokens
  /** Read questions and answers from their last symbol; false by default. */
  readonly backwards?: boolean
  /** Pairs for tests. By default, the pairs with the longest questions are kept for them. */
  readonly tests?: readonly Pair[] | undefined
  /** That of a run, whose pairs these are; by default, it follows from the pairs. */
  readonly vocabulary?: Vocabulary
}

/** Fewer pairs cannot be learned from. */
const LEAST_PAIRS = 10
/** More pairs would not fit into the memory of a laptop. */
const MOST_PAIRS = 1_000_000
/** The longest lengths are kept for tests while they hold at most this share of the pairs. */
const MOST_TESTED = 0.2
/** Where one length alone holds more than half of the pairs, this share of all pairs is drawn for tests. */
const DRAWN_SHARE = 0.1
/** Groups of sizes; the default curriculum has as many. */
const MOST_GROUPS = 6
/** Test examples in a measurement of the goal. */
const GOAL_SAMPLES = 256
/**
 * Measurements in a row that meet the goal. Nobody knows answers to longer questions, so the end cannot wait
 * for them; to train on after the tests are right is what makes longer questions right (docs/log.md).
 */
const GOAL_TIMES = 60

/**
 * Makes a task of questions and their answers. Its `notes` say what will be learned, and what is odd in the
 * data.
 * @throws UserError if there are too few pairs, too many symbols, or a question is empty
 * @example train({ task: fromPairs([{ question: "abc", answer: "cba" }, …], { name: "reversal" }) })
 */
export function fromPairs(pairs: readonly Pair[], options: PairsOptions = {}): OwnTask {
  const { name = "pairs", tokens = "characters", backwards = false } = options
  const count = pairs.length + (options.tests?.length ?? 0)
  if (count > MOST_PAIRS)
    throw new UserError(`${name}: got ${count} pairs, expected at most ${MOST_PAIRS}; a part of them is enough`)
  if (count < LEAST_PAIRS)
    throw new UserError(`${name}: got ${count === 1 ? "1 pair" : `${count} pairs`}, expected at least ${LEAST_PAIRS}`)
  const read = (some: readonly Pair[]) => some.map((pair) => readPair(name, pair, tokens))
  const all = unique(read(pairs))
  const given = options.tests && unique(read(options.tests))
  const parted = given ? { training: all, tests: without(given, all), chosen: "given" as const } : part(all)
  if (parted.tests.length === 0)
    throw new UserError(`${name}: all test pairs are training pairs too, expected others; leave the test file out`)
  const vocabulary =
    options.vocabulary ?? vocabularyOf(name, [...parted.training, ...parted.tests], { tokens, backwards })
  const codec = new Codec(vocabulary)
  const sized = (some: readonly ReadPair[]) => some.map((pair) => sizedExample(codec, name, pair))
  const [training, tests] = [sized(parted.training), sized(parted.tests)]
  const listed = listedPairs(training, tests)
  const answers = new Map(
    [...parted.tests, ...parted.training].map(({ symbols, answer }) => [join(symbols.question, tokens), answer]),
  )
  const one = (size: number, choose: Random): Example => listed.trained(size, 1, choose)[0]
  const task = ownTask(name, codec, {
    questionLength: (size) => size,
    sizeOf: (length) => length,
    random: one,
    hard: one,
    hardCases: () => [],
    families: [],
    answer: (question) => answers.get(question),
    pairs: listed,
  })
  const goal = {
    size: Math.max(...listed.testSizes.keys()),
    samples: Math.min(GOAL_SAMPLES, tests.length),
    times: GOAL_TIMES,
  }
  return {
    kind: "own task",
    spec: { name, vocabulary },
    pairs: { training: parted.training, tests: parted.tests },
    notes: notesOf({ pairs, tests: options.tests ?? [] }, parted, vocabulary),
    found: { kind: "symbols", task, minSize: 1, suggested: { sizes: groupsOf(training), goal }, hasHard: false },
  }
}

function readPair(name: string, pair: Pair, tokens: Tokens): ReadPair {
  const symbols = { question: split(pair.question, tokens), answer: split(pair.answer, tokens) }
  if (symbols.question.length > 0) return { ...pair, symbols }
  const at = pair.line === undefined ? "" : `line ${pair.line}: `
  throw new UserError(`${name}: ${at}got an empty question, expected at least one symbol`)
}

const keyOf = ({ symbols }: ReadPair) => JSON.stringify([symbols.question, symbols.answer])
const questionOf = ({ symbols }: ReadPair) => JSON.stringify(symbols.question)

const unique = (pairs: readonly ReadPair[]): ReadPair[] =>
  [...new Map(pairs.toReversed().map((pair) => [keyOf(pair), pair])).values()].reverse()

/** The pairs whose questions are not among the others'. */
function without(pairs: readonly ReadPair[], others: readonly ReadPair[]): ReadPair[] {
  const known = new Set(others.map(questionOf))
  return pairs.filter((pair) => !known.has(questionOf(pair)))
}

/** Keeps the pairs with the longest questions for tests. */
function part(pairs: readonly ReadPair[]): Parted {
  const sized = bySize(pairs.map((pair) => ({ pair, size: pair.symbols.question.length })))
  const lengths = [...sized].reverse()
  let kept = 0
  let from = Number.POSITIVE_INFINITY
  for (const [size, { length }] of lengths) {
    const first = kept === 0
    if (kept + length > pairs.length * (first ? 0.5 : MOST_TESTED)) break
    kept += length
    from = size
  }
  if (kept > 0 && kept < pairs.length) {
    const isTest = ({ symbols }: ReadPair) => symbols.question.length >= from
    return { training: pairs.filter((pair) => !isTest(pair)), tests: pairs.filter(isTest), chosen: "longest" }
  }
  const choose = random(pairs.length)
  const drawn = new Set(pairs.filter(() => choose.uniform() < DRAWN_SHARE).map(questionOf))
  if (drawn.size === 0) drawn.add(questionOf(pairs[0]))
  const isTest = (pair: ReadPair) => drawn.has(questionOf(pair))
  return { training: pairs.filter((pair) => !isTest(pair)), tests: pairs.filter(isTest), chosen: "drawn" }
}

function vocabularyOf(
  name: string,
  pairs: readonly ReadPair[],
  form: Pick<Vocabulary, "tokens" | "backwards">,
): Vocabulary {
  const symbols = [...symbolsOf(pairs)].sort()
  if (symbols.length > MOST_SYMBOLS) {
    const some = symbols.slice(0, 5).map(quote).join(" ")
    throw new UserError(
      `${name}: got ${symbols.length} different ${form.tokens} (${some} …), expected at most ${MOST_SYMBOLS}`,
    )
  }
  const lengths = pairs.map(({ symbols }) => [symbols.question.length, symbols.answer.length] as const)
  const { question, answer } = pairs[0]
  return { symbols, ...form, places: placesFor(lengths), sample: { question, answer } }
}

function sizedExample(codec: Codec, name: string, { question, answer, symbols }: ReadPair): SizedExample {
  const example = codec.example(question, answer, name)
  if (example) return { ...example, size: symbols.question.length }
  throw new Error(`${name}: the answer ${quote(answer)} does not fit into its places`)
}

/** Groups of neighboring sizes that hold about the same number of examples. */
function groupsOf(training: readonly SizedExample[]): [number, number][] {
  const sizes = [...bySize(training)]
  const target = training.length / Math.min(MOST_GROUPS, sizes.length)
  const groups: [number, number][] = []
  let held = 0
  for (const [size, { length }] of sizes) {
    // a new group begins where the groups so far hold their share
    if (groups.length === 0 || held >= target * groups.length) groups.push([size, size])
    else groups[groups.length - 1][1] = size
    held += length
  }
  return groups
}
