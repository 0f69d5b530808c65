// A space is a config and axes along which it varies. Every point of the grid is a trial with its own seed,
// as in the paper's 729 runs [KS16 §4]. A trial's name is a hash of its complete config and seed, so the same
// sweep submitted twice names the same trials.

import { createHash } from "node:crypto"
import * as v from "valibot"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { random } from "../core/rng.ts"
import { check, custom, defaultsOf, name, refused, whole, yesNo } from "../schema/index.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "../training/config.ts"
import { withField } from "../training/settable.ts"

export type Value = number | string | boolean | null

/** A hyperparameter, or named variants that set several. Tables and plots show `name`. */
export type Axis =
  | {
      readonly name: string
      /** The fields of the config that it sets, such as "learningRate". */
      readonly fields: readonly string[]
      readonly values: readonly Value[]
    }
  | {
      readonly name: string
      /** The settings of each variant: { "no clip": { "clip.norm": null } }. */
      readonly variants: Readonly<Record<string, Settings>>
    }
export type Settings = Readonly<Record<string, Value>>

export interface Space {
  readonly name: string
  readonly about: string
  /** Whether trials start from the recipe named like the task, if there is one. */
  readonly recipe?: boolean
  /** What all trials share. */
  readonly config: PartialConfig
  /** More shared settings, by path of the field: { "restart.enabled": false }. */
  readonly set?: Settings
  readonly axes: readonly Axis[]
  /** Runs per point of the grid. */
  readonly seeds: number
}

export interface Trial {
  /** Names the trial: 16 hexadecimal digits. */
  readonly id: string
  /** The value of every axis. */
  readonly point: Readonly<Record<string, Value>>
  readonly config: TrainConfig
}

/** Seed of the random order of the grid's points. The first hundred trials already show what matters. */
const ORDER = 0x73776565

const valuesOf = (axis: Axis): readonly Value[] => ("variants" in axis ? Object.keys(axis.variants) : axis.values)

const settingsOf = (axis: Axis, value: Value): Settings =>
  "variants" in axis
    ? axis.variants[String(value)]
    : Object.fromEntries(axis.fields.map((field) => [field, value] as const))

/** All trials of a space, without duplicates. `base` is the complete config that the axes vary. */
export function trialsOf(space: Space, base: TrainConfig): Trial[] {
  for (const axis of space.axes)
    for (const value of valuesOf(axis)) withSettings(base, settingsOf(axis, value), `axis ${axis.name}`) // refuses wrong fields
  let points: Record<string, Value>[] = [{}]
  for (const axis of space.axes)
    points = points.flatMap((point) => valuesOf(axis).map((value) => ({ ...point, [axis.name]: value })))
  const order = space.axes.length === 0 ? points : shuffled(points)
  const all = Array.from({ length: space.seeds }, () => order).flat()
  const trials = all.map((point, i) => trialAt(space, base, point, base.seed + i))
  return [...new Map(trials.map((trial) => [trial.id, trial])).values()]
}

function trialAt(space: Space, base: TrainConfig, point: Readonly<Record<string, Value>>, seed: number): Trial {
  let varied: TrainConfig = { ...base, seed }
  for (const axis of space.axes) varied = withSettings(varied, settingsOf(axis, point[axis.name]), `axis ${axis.name}`)
  const config = resolveConfig(varied)
  return { id: createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 16), point, config }
}

/** Returns the config with these fields set, by path. `from` begins an error message. */
export const withSettings = (config: TrainConfig, settings: Settings, from: string): TrainConfig =>
  Object.entries(settings).reduce((out, [path, value]) => withField(out, path, value, `${from}, ${path}`), config)

function shuffled<T>(items: readonly T[]): T[] {
  const out = [...items]
  const stream = random(ORDER)
  for (let i = out.length - 1; i > 0; i--) {
    const j = stream.below(i + 1)
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}

const value = v.union([v.string(), v.boolean(), v.null(), v.pipe(v.number(), v.finite())])
const settings = v.record(v.string(), value)
const axisName = name("", "Name of the axis in tables and plots.")

/** An axis of one hyperparameter, as in a file. */
const valuesAxis = {
  name: axisName,
  fields: custom(
    v.pipe(v.array(v.string()), v.minLength(1)),
    'a list such as ["learningRate"]',
    [],
    "Fields of the config that it sets.",
  ),
  values: custom(v.pipe(v.array(value), v.minLength(1)), "a list of numbers or words", [], "Their values."),
}
/** An axis of named variants, as in a file. */
const variantsAxis = {
  name: axisName,
  variants: custom(
    v.pipe(v.record(v.string(), settings), v.minEntries(1)),
    'names with settings, such as { "no clip": { "clip.norm": null } }',
    {},
    "What each variant sets.",
  ),
}
/** The fields of a space, as in a file. */
const spaceFields = {
  name: custom(v.pipe(v.string(), v.regex(/^[\w.-]{1,60}$/u)), "letters, digits, - and _", "", "Name of the sweep."),
  about: custom(v.string(), "a sentence", "", "Question that the sweep answers."),
  recipe: yesNo(false, "Whether trials start from the recipe named like the task."),
  config: custom(
    v.custom<object>(isObject),
    "an object with fields of a run's config",
    {},
    "Config that all trials share.",
  ),
  set: custom(
    settings,
    'fields with values, such as { "restart.enabled": false }',
    {},
    "More shared settings, by path.",
  ),
  axes: custom(v.array(v.unknown()), "a list of { name, fields, values } or { name, variants }", [], "What is varied."),
  seeds: whole(1, "Runs per point of the grid.", { min: 1 }),
}

/**
 * Parses and checks a space from a JSON file.
 * @throws UserError that names what is wrong
 */
export function parseSpace(file: string, text: string): Space {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    throw new UserError(
      `${file} is not a sweep: got text that is not JSON (${(error as Error).message.split("\n")[0]}), expected { "name", "config", "axes" }`,
      { cause: error },
    )
  }
  try {
    const space = isObject(given) ? { ...defaultsOf(spaceFields), ...given } : given
    check(spaceFields, space, "space")
    const { axes } = space as Space
    for (const [i, axis] of axes.entries()) {
      const at = `space.axes.${i}`
      check(isObject(axis) && "variants" in axis ? variantsAxis : valuesAxis, axis, at)
      if (axes.findIndex(({ name }) => name === axis.name) < i)
        throw refused(`${at}.name`, axis.name, "a name of its own")
    }
    return space as Space
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`${file}: ${error.message}`, { cause: error })
  }
}
