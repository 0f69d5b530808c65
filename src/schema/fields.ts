// Groups of fields: their types, their defaults, how values are merged, and the check of values.

import * as v from "valibot"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { type Field, parseValue } from "./field.ts"

/** Fields and groups of fields by name. */
export interface Fields {
  readonly [name: string]: Part
}

/** One of several groups, chosen by the value of `name`: an optimizer, a model, a learning-rate schedule. */
export interface Variants<Of extends { readonly [name: string]: Fields } = { readonly [name: string]: Fields }> {
  readonly kind: "variants"
  readonly of: Of
  readonly default: string
  readonly about: string
  /** The command-line option that chooses. */
  readonly flag: string
}
export type Part = Field | Variants | Fields

/** The values that fields describe. */
export type ValuesOf<F> = { readonly [K in keyof F]: ValueOf<F[K]> }
type ValueOf<P> =
  P extends Field<infer T>
    ? T
    : P extends Variants<infer Of>
      ? { [N in keyof Of]: { readonly name: N } & ValuesOf<Of[N]> }[keyof Of]
      : ValuesOf<P>

/** The same values, any of which may be left out. A list counts as one value. */
export type PartialValues<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: PartialValues<T[K]> | undefined }
    : T

export const isField = (x: Part): x is Field => x.kind === "field"
export const isVariants = (x: Part): x is Variants => x.kind === "variants"

type Values = Readonly<Record<string, unknown>>

/** The default values of fields. */
export const defaultsOf = <F extends Fields>(fields: F): ValuesOf<F> =>
  Object.fromEntries(Object.entries(fields).map(([name, part]) => [name, defaultOf(part)])) as ValuesOf<F>

function defaultOf(part: Part): unknown {
  if (isField(part)) return structuredClone(part.default)
  if (isVariants(part)) return { name: part.default, ...defaultsOf(part.of[part.default]) }
  return defaultsOf(part)
}

/**
 * All single fields with their dotted paths, in order. Variants contribute the fields of all their groups,
 * each path once.
 */
export const leavesOf = (fields: Fields, prefix = ""): { readonly path: string; readonly field: Field }[] =>
  Object.entries(fields).flatMap(([name, part]) => {
    const path = `${prefix}${name}`
    if (isField(part)) return [{ path, field: part }]
    if (!isVariants(part)) return leavesOf(part, `${path}.`)
    const all = Object.values(part.of).flatMap((own) => leavesOf(own, `${path}.`))
    const chooser = { path: `${path}.name`, field: nameField(part) }
    return [chooser, ...new Map(all.reverse().map((leaf) => [leaf.path, leaf])).values()]
  })

/** The field at a path; undefined if there is none. `values` tells which variant is chosen. */
export function fieldAt(fields: Fields, values: unknown, path: readonly string[]): Field | undefined {
  const [name, ...rest] = path
  const part = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (part === undefined) return undefined
  if (isField(part)) return rest.length === 0 ? part : undefined
  const own = isObject(values) ? values[name] : undefined
  if (!isVariants(part)) return fieldAt(part, own, rest)
  if (rest.length === 1 && rest[0] === "name") return nameField(part)
  const variant = isObject(own) && typeof own.name === "string" ? part.of[own.name] : undefined
  return variant && rest.length > 0 ? fieldAt(variant, own, rest) : undefined
}

const nameField = ({ of, default: fallback, about, flag }: Variants): Field => {
  const names = Object.keys(of)
  return {
    kind: "field",
    schema: v.picklist(names),
    expected: `one of ${names.join(", ")}`,
    default: fallback,
    about,
    source: "",
    flag,
    parse: parseValue,
  }
}

/** Merges given values into `base`. A change of variant starts from that variant's defaults. */
export function merged<T extends object>(fields: Fields, base: T, given: object | undefined): T {
  const out = { ...base } as Record<string, unknown>
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined) continue
    const part = fields[name]
    const before = out[name]
    if (part === undefined || isField(part) || !isObject(value) || !isObject(before)) out[name] = value
    else if (!isVariants(part)) out[name] = merged(part, before, value)
    else out[name] = mergedVariant(part, before, value)
  }
  return out as T
}

function mergedVariant({ of }: Variants, before: Values, value: Values): Values {
  const name = value.name ?? before.name
  const fields = typeof name === "string" && Object.hasOwn(of, name) ? of[name] : {}
  const begin = name === before.name ? before : { name, ...defaultsOf(fields) }
  return merged(fields, begin, value)
}

/**
 * Checks values against fields.
 * @param at path of the group in the config, for errors
 * @throws UserError for an unknown name or an invalid value
 */
export function check(fields: Fields, values: unknown, at: string): void {
  if (!isObject(values)) throw refused(at, values, `an object with ${Object.keys(fields).join(", ")}`)
  requireKnown(Object.keys(fields), values, at)
  for (const [name, part] of Object.entries(fields)) checkPart(part, values[name], at === "" ? name : `${at}.${name}`)
}

function checkPart(part: Part, value: unknown, path: string): void {
  if (isField(part)) {
    if (!v.is(part.schema, value)) throw refused(path, value, part.expected)
  } else if (isVariants(part)) checkVariant(part, value, path)
  else check(part, value, path)
}

function checkVariant(part: Variants, value: unknown, path: string): void {
  const names = Object.keys(part.of)
  if (!isObject(value)) throw refused(path, value, `an object with a name: ${names.join(", ")}`)
  const { name, ...own } = value
  if (typeof name !== "string" || !Object.hasOwn(part.of, name))
    throw refused(`${path}.name`, name, `one of ${names.join(", ")}${didYouMean(String(name), names)}`)
  try {
    check(part.of[name], own, path)
  } catch (error) {
    if (!(error instanceof UnknownName)) throw error
    throw new UnknownName(`${error.message}; ${path} is ${name}`)
  }
}

/**
 * Checks that every given group is an object, so that it can be merged.
 * @throws UserError if one is not
 */
export function requireGroups(fields: Fields, given: object): void {
  for (const [name, value] of Object.entries(given)) {
    const part = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (part !== undefined && value !== undefined && !isField(part) && !isObject(value)) checkPart(part, value, name)
  }
}

class UnknownName extends UserError {}

/**
 * Checks that all names are known.
 * @param at path of the group in the config, for errors
 * @throws UserError for an unknown name
 */
export function requireKnown(known: readonly string[], values: object, at: string): void {
  const unknown = Object.keys(values).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const expected = known.length === 0 ? "nothing" : `one of ${known.join(", ")}`
  const where = at === "" ? "config" : at
  throw new UnknownName(
    `${where}: there is no ${JSON.stringify(unknown)}, expected ${expected}${didYouMean(unknown, known)}`,
  )
}

/** The error for an invalid value of a field. */
export class Refused extends UserError {
  readonly path: string
  readonly got: unknown
  readonly expected: string

  constructor(path: string, got: unknown, expected: string) {
    super(`${path}: got ${shown(got)}, expected ${expected}`)
    this.path = path
    this.got = got
    this.expected = expected
  }
}

/** The error for an invalid value: what was got, what was expected. */
export const refused = (path: string, got: unknown, expected: string): Refused => new Refused(path, got, expected)

const LONGEST_SHOWN = 60
function shown(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
