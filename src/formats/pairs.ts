// Files of questions and answers: .tsv, .csv and .jsonl. Every pair remembers its line.

import { CsvError, parse } from "csv-parse/sync"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"

export interface LinePair {
  readonly question: string
  readonly answer: string
  readonly line: number
}

export const pairFormats = ["tsv", "csv", "jsonl"] as const
export type PairFormat = (typeof pairFormats)[number]

/** Names of the two columns or fields, as other tools write them. */
const columns = [
  ["input", "output"],
  ["prompt", "completion"],
  ["question", "answer"],
] as const

const shown = (text: string): string => JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 40)}…`)

/** The format of a file by the end of its name; undefined if the name does not tell. */
export function formatOf(name: string): PairFormat | undefined {
  const end = name.toLowerCase().split(".").at(-1)
  return end === "ndjson" ? "jsonl" : pairFormats.find((format) => format === end)
}

/** The format of a text by its first line. */
export function guessedFormat(text: string): PairFormat {
  const [first] = text.trimStart().split("\n", 1)
  if (first.startsWith("{")) return "jsonl"
  return first.includes("\t") ? "tsv" : "csv"
}

/**
 * Decodes UTF-8. A byte order mark is left out.
 * @param name of the file, for errors
 * @throws UserError if it is not text
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const zero = bytes.indexOf(0)
  const refuse = (what: string): never => {
    throw new UserError(`${name}: got ${what}, expected text in UTF-8`)
  }
  if (zero >= 0) refuse(`a zero byte at byte ${zero}`)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return refuse("bytes that are not UTF-8")
    throw error
  }
}

/**
 * Reads pairs. Empty lines are left out, and so is a first line that names the columns (input and output,
 * prompt and completion, question and answer).
 * @param name of the file, for errors
 * @throws UserError with the line that is wrong
 * @example parsePairs("abc\tcba\n", "tsv", "pairs.tsv") // [{ question: "abc", answer: "cba", line: 1 }]
 */
export function parsePairs(text: string, format: PairFormat, name: string): LinePair[] {
  const pairs = readers[format](text, name)
  if (pairs.length === 0) throw new UserError(`${name}: got no pairs, expected a question and its answer a line`)
  return pairs
}

const readers: Readonly<Record<PairFormat, (text: string, name: string) => LinePair[]>> = {
  tsv: (text, name) =>
    withoutHeader(linesOf(text).map(({ line, content }) => fieldsOf(content.split("\t"), line, name))),
  csv: (text, name) => withoutHeader(csvRows(text, name).map(({ line, fields }) => fieldsOf(fields, line, name))),
  jsonl: (text, name) => linesOf(text).map(({ line, content }) => jsonPair(content, line, name)),
}

function linesOf(text: string): { line: number; content: string }[] {
  return text
    .split(/\r?\n/u)
    .map((content, i) => ({ line: i + 1, content }))
    .filter(({ content }) => content.trim() !== "")
}

function fieldsOf(fields: readonly string[], line: number, name: string): LinePair {
  if (fields.length === 2) return { question: fields[0], answer: fields[1], line }
  const got = fields.length === 1 ? `one column (${shown(fields[0])})` : `${fields.length} columns`
  throw new UserError(`${name}, line ${line}: got ${got}, expected two: a question and its answer`)
}

function csvRows(text: string, name: string): { line: number; fields: string[] }[] {
  const rows: { line: number; fields: string[] }[] = []
  const options = {
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n"],
    // `lines` counts the lines up to the end of a row
    on_record: (fields: string[], { lines }: { lines: number }) => {
      rows.push({ line: lines, fields })
      return null
    },
  }
  try {
    parse(text, options)
    return rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as { lines?: number }
    throw new UserError(`${name}, line ${lines ?? "?"}: got an unpaired quote, expected CSV (RFC 4180)`, {
      cause: error,
    })
  }
}

function withoutHeader(pairs: LinePair[]): LinePair[] {
  const [first] = pairs
  const isHeader = columns.some(
    ([question, answer]) => first?.question.toLowerCase() === question && first.answer.toLowerCase() === answer,
  )
  return isHeader ? pairs.slice(1) : pairs
}

function jsonPair(content: string, line: number, name: string): LinePair {
  const refuse = (got: string): never => {
    throw new UserError(
      `${name}, line ${line}: got ${got}, expected {"input": "…", "output": "…"} (or prompt and completion)`,
    )
  }
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    return refuse(shown(content))
  }
  if (!isObject(value)) return refuse(shown(content))
  const named = columns.find(([question, answer]) => question in (value as object) && answer in (value as object))
  if (named === undefined) return refuse(`the fields ${Object.keys(value).join(", ") || "(none)"}`)
  const [question, answer] = named.map((field) => {
    const own = (value as Record<string, unknown>)[field]
    return typeof own === "string" || typeof own === "number"
      ? String(own)
      : refuse(`${field} ${shown(JSON.stringify(own))}`)
  })
  return { question, answer, line }
}

/** Pairs as .jsonl, in the form that `parsePairs` reads. */
export const formatPairs = (pairs: readonly { readonly question: string; readonly answer: string }[]): string =>
  pairs.map(({ question, answer }) => `${JSON.stringify({ input: question, output: answer })}\n`).join("")
