// Sets single fields of a config by path, for the command line, sweeps and the page's form. A path names a
// field of the config ("goal.size", "phases.1.ema.decay"). A phase's field without its phase ("dropout.rate")
// is set in all phases.

import * as v from "valibot"
import { UserError } from "../core/errors.ts"
import { nearest } from "../core/nearest.ts"
import { type Field, type Fields, fieldAt, leavesOf, merged, refused } from "../schema/index.ts"
import { configFields, type TrainConfig } from "./config.ts"
import { phaseFields } from "./phases.ts"

const leaves = [...leavesOf(configFields), ...leavesOf(phaseFields)]

/** Every field that can be set, by path; fields of phases without their phase. */
export const settable: ReadonlyMap<string, Field> = new Map(leaves.map(({ path, field }) => [path, field]))

/** The field at a path, those of a model of one's own included; undefined if there is none. */
export function settableField(config: TrainConfig, path: string): Field | undefined {
  const { own } = splitPath(path)
  return settable.get(own) ?? fieldAt(configFields, config, own.split("."))
}

/**
 * Returns the config with one field set. A new model, optimizer or schedule brings its own defaults.
 * @param from begins an error message
 * @throws UserError if there is no such field
 */
export function withField(config: TrainConfig, path: string, value: unknown, from = path): TrainConfig {
  const { phase, own } = splitPath(path)
  const keys = own.split(".")
  const set = <T extends object>(fields: Fields, values: T): T => {
    const field = fieldAt(fields, values, keys)
    if (field === undefined) throw unknownField(config, path, from)
    if (!v.is(field.schema, value)) throw refused(from, value, field.expected)
    return merged(fields, values, nested(keys, value))
  }
  if (phase === undefined && Object.hasOwn(configFields, keys[0])) return set(configFields, config)
  if (phase !== undefined && phase >= config.phases.length) throw unknownField(config, path, from)
  return {
    ...config,
    phases: config.phases.map((one, i) => (phase === undefined || phase === i ? set(phaseFields, one) : one)),
  }
}

/** "phases.1.ema.decay" is the field "ema.decay" of phase 1. */
export function splitPath(path: string): { readonly phase: number | undefined; readonly own: string } {
  const match = /^phases\.(\d+)\.(.+)$/u.exec(path)
  return match ? { phase: Number(match[1]), own: match[2] } : { phase: undefined, own: path }
}

const nested = (path: readonly string[], value: unknown): object =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object

function unknownField(config: TrainConfig, path: string, from: string): UserError {
  const { phases } = config
  const { phase, own } = splitPath(path)
  if (settable.has(own)) {
    if (phase !== undefined && phase >= phases.length) {
      const last = phases.length === 1 ? "phases.0" : `phases.0 to phases.${phases.length - 1}`
      return new UserError(`${from}: got phases.${phase}, expected ${last}`)
    }
    const [of, field] = own.split(".")
    const names = [config, ...phases].map((at) => valueAt(at, `${of}.name`)).filter((name) => typeof name === "string")
    return new UserError(`${from}: the ${of} ${[...new Set(names)].join(" or ")} has no ${field}`)
  }
  const inPhases = leavesOf(phaseFields).flatMap((leaf) => phases.map((_, i) => `phases.${i}.${leaf.path}`))
  const near = nearest(path, [...settable.keys(), ...inPhases])
  const hint = near === undefined ? "such as goal.size or phases.0.dropout.rate" : `did you mean ${near}?`
  return new UserError(`${from}: got ${JSON.stringify(path)}, expected a field of the config, ${hint}`)
}

/** The value at a path of a config; undefined where there is none. */
export const valueAt = (config: object, path: string): unknown =>
  path.split(".").reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], config)
