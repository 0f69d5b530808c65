// Evaluates a model on given pairs of question and answer, by the length of the questions.

import { UserError } from "../core/errors.ts"
import { split, type Tokens } from "../tasks/index.ts"
import type { Predictor } from "./predictor.ts"

export interface AskedPair {
  readonly question: string
  /** The right answer. */
  readonly answer: string
}

export interface PairResult extends AskedPair {
  /** The model's answer; null if the question is none of its task, such as one with an unknown symbol. */
  readonly got: string | null
  readonly right: boolean
  /** Symbols of the question. */
  readonly length: number
  /** Symbols of the right answer, and how many of them the model has at their places. */
  readonly symbols: number
  readonly symbolsRight: number
}

/** Accuracy on questions with a range of lengths. */
export interface LengthRow {
  readonly from: number
  readonly to: number
  readonly samples: number
  /** Share of answers that are right as a whole. */
  readonly exact: number
  /** Share of right symbols. */
  readonly symbol: number
}

/** Questions that are answered between two reports of the progress. */
const QUESTIONS_PER_WAVE = 256
/** Longer tables are hard to read; then neighboring lengths share a row. */
const MOST_ROWS = 24

/**
 * Asks a model all questions, the shortest first.
 * @param onProgress called before each wave of questions
 * @throws UserError if a question does not fit into memory
 * @returns results in the order of the pairs
 */
export async function answerPairs(
  predictor: Predictor,
  pairs: readonly AskedPair[],
  onProgress: (done: number) => void = () => {},
): Promise<PairResult[]> {
  const { task } = predictor
  const tokens = task.vocabulary?.tokens ?? "characters"
  const parsed = pairs.map(({ question }, index) => ({ index, input: parsedOrNot(() => task.parse(question)) }))
  const known = parsed.filter((one): one is { index: number; input: Uint8Array } => one.input !== undefined)
  known.sort((a, b) => a.input.length - b.input.length)
  const answers = new Map<number, string>()
  for (let start = 0; start < known.length; start += QUESTIONS_PER_WAVE) {
    onProgress(start)
    const wave = known.slice(start, start + QUESTIONS_PER_WAVE)
    const found = await predictor.predictMany(wave.map(({ input }) => input))
    wave.forEach(({ index }, i) => answers.set(index, found[i].answer))
    await new Promise((resolve) => setTimeout(resolve)) // signals and messages come in
  }
  return pairs.map((pair, index) => resultOf(pair, answers.get(index) ?? null, tokens))
}

function parsedOrNot(parse: () => Uint8Array): Uint8Array | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

function resultOf({ question, answer }: AskedPair, got: string | null, tokens: Tokens): PairResult {
  const wanted = split(answer, tokens)
  const given = got === null ? [] : split(got, tokens)
  const symbolsRight = wanted.filter((symbol, i) => symbol === given[i]).length
  return {
    question,
    answer,
    got,
    right: got !== null && symbolsRight === wanted.length && given.length === wanted.length,
    length: split(question, tokens).length,
    symbols: wanted.length,
    symbolsRight,
  }
}

/** Accuracy by length. Up to 24 lengths have a row each; more lengths share rows. */
export function byLength(results: readonly PairResult[]): LengthRow[] {
  const lengths = [...new Set(results.map(({ length }) => length))].sort((a, b) => a - b)
  const perRow = Math.ceil(lengths.length / MOST_ROWS)
  return Array.from({ length: Math.ceil(lengths.length / perRow) }, (_, i) => {
    const own = lengths.slice(i * perRow, (i + 1) * perRow)
    const [from, to] = [own[0], own[own.length - 1]]
    const some = results.filter(({ length }) => length >= from && length <= to)
    const sum = (of: (result: PairResult) => number) => some.reduce((total, result) => total + of(result), 0)
    const symbols = sum((result) => result.symbols)
    return {
      from,
      to,
      samples: some.length,
      exact: sum(({ right }) => Number(right)) / some.length,
      symbol: symbols === 0 ? 1 : sum((result) => result.symbolsRight) / symbols,
    }
  })
}
