// A field of a config is declared once: type, default, one sentence, source and check. The command line,
// sweeps, the JSON Schema, the reference page and the page's form all read it from here.

import * as v from "valibot"

export interface Field<T = unknown> {
  readonly kind: "field"
  readonly schema: v.GenericSchema<T>
  /** What a value must be, for error messages: "a number from 0 to 1". */
  readonly expected: string
  /** The value if none is given. */
  readonly default: T
  /** One sentence for the help and the reference. */
  readonly about: string
  /** Where the default comes from: a citation key of docs/glossary.md, or "ours". */
  readonly source: string
  /** The command-line option, such as "--steps <n>"; "" if only --set reaches the field. */
  readonly flag: string
  /**
   * Parses a value from text. A text that it cannot parse is returned as it is, and the schema refuses it.
   */
  parse(text: string): unknown
}

/** Optional properties of a field. Without a source, the default is ours. */
export interface More {
  readonly source?: string
  readonly flag?: string
  readonly parse?: (text: string) => unknown
}

/** The largest size of a question in any config. Longer ones would take days a step. */
export const MOST_SIZE = 1_000_000

/** A finite number, in the schema of a state. */
export const finite = v.pipe(v.number(), v.finite())

/** Parses text as JSON; other text stays as it is, and "none" is null. */
export function parseValue(text: string): unknown {
  if (text === "none") return null
  try {
    return JSON.parse(text)
  } catch {
    return text // a word needs no quotes
  }
}

const field = <T>(
  schema: v.GenericSchema<T>,
  expected: string,
  fallback: T,
  about: string,
  { source = "ours", flag = "", parse = parseValue }: More,
): Field<T> => ({ kind: "field", schema, expected, default: fallback, about, source, flag, parse })

export interface Range extends More {
  readonly min?: number
  readonly max?: number
  /** Exclusive bounds. */
  readonly above?: number
  readonly below?: number
}

function rangeText({ min, max, above, below }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  const low = min !== undefined ? `of at least ${min}` : above !== undefined ? `above ${above}` : ""
  const high = max !== undefined ? `at most ${max}` : below !== undefined ? `below ${below}` : ""
  return [low, high].some(Boolean) ? ` ${[low, high].filter(Boolean).join(", ")}` : ""
}

/** Adds only the bounds that are given, because JSON Schema has no infinity. */
const within = ({ min, max, above, below }: Range): v.GenericSchema<number> => {
  const bounds: v.PipeItem<number, number, v.BaseIssue<unknown>>[] = []
  if (min !== undefined) bounds.push(v.minValue(min))
  if (max !== undefined) bounds.push(v.maxValue(max))
  if (above !== undefined) bounds.push(v.gtValue(above))
  if (below !== undefined) bounds.push(v.ltValue(below))
  return v.pipe(v.number(), v.finite(), ...bounds)
}

/** A finite number. */
export const number = (fallback: number, about: string, range: Range = {}): Field<number> =>
  field(within(range), `a number${rangeText(range)}`, fallback, about, range)

/** A whole number. */
export const whole = (fallback: number, about: string, range: Range = {}): Field<number> =>
  field(v.pipe(within(range), v.safeInteger()), `a whole number${rangeText(range)}`, fallback, about, range)

/** A number from 0 to 1. */
export const share = (fallback: number, about: string, more: More = {}): Field<number> =>
  number(fallback, about, { min: 0, max: 1, ...more })

/** true or false. */
export const yesNo = (fallback: boolean, about: string, more: More = {}): Field<boolean> =>
  field(v.boolean(), "true or false", fallback, about, more)

/** One of a list of words. */
export const choice = <const T extends string>(
  words: readonly T[],
  fallback: NoInfer<T>,
  about: string,
  more: More = {},
): Field<T> => field<T>(v.picklist(words), `one of ${words.join(", ")}`, fallback, about, more)

/** A name. */
export const name = (fallback: string, about: string, more: More = {}): Field<string> =>
  field(v.pipe(v.string(), v.minLength(1)), "a name", fallback, about, more)

/** The same field, which may also be null. */
export const orNull = <T>(of: Field<T>, fallback: T | null): Field<T | null> =>
  field<T | null>(v.nullable(of.schema), `null, or ${of.expected}`, fallback, of.about, of)

/** Any valibot schema: lists, pairs, alternatives. */
export const custom = <T>(
  schema: v.GenericSchema<T>,
  expected: string,
  fallback: T,
  about: string,
  more: More = {},
): Field<T> => field(schema, expected, fallback, about, more)
