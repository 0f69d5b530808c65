// What a sweep tries: a config, and axes along which it is varied. Every point of the grid is a trial with
// its own seed, as in the paper [KS16, §4: each of the 729 runs has its own seed]. A trial's name is a hash
// of its resolved config, seed included: the same sweep submitted twice names the same trials.

import { createHash } from "node:crypto"
import * as v from "valibot"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { random } from "../core/rng.ts"
import { check, custom, defaultsOf, name, refused, whole, yesNo } from "../schema/index.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "../training/config.ts"
import { withField } from "../training/settable.ts"

export type Value = number | string | boolean | null

/** A hyper-parameter, or named variants of several at once. `name`: as tables and plots call it. */
export type Axis =
  | {
      readonly name: string
      /** The fields of the config that it sets, such as "learningRate". */
      readonly fields: readonly string[]
      readonly values: readonly Value[]
    }
  | {
      readonly name: string
      /** What each variant sets: { "no clip": { "clip.norm": null } }. */
      readonly variants: Readonly<Record<string, Settings>>
    }
export type Settings = Readonly<Record<string, Value>>

export interface Space {
  readonly name: string
  readonly about: string
  /** Whether trials begin with the recipe of the task's name, where there is one. */
  readonly recipe?: boolean
  /** What all trials share. */
  readonly config: PartialConfig
  /** More that they share, by the paths of fields: { "restart.enabled": false }. */
  readonly set?: Settings
  readonly axes: readonly Axis[]
  /** Runs of each point of the grid. */
  readonly seeds: number
}

export interface Trial {
  /** Names the trial: 16 hexadecimal digits. */
  readonly id: string
  /** The value of every axis. */
  readonly point: Readonly<Record<string, Value>>
  readonly config: TrainConfig
}

/**
 * The grid's points in an order without pattern, so that the first hundred of them already show what matters.
 */
const ORDER = 0x73776565

const valuesOf = (axis: Axis): readonly Value[] => ("variants" in axis ? Object.keys(axis.variants) : axis.values)

const settingsOf = (axis: Axis, value: Value): Settings =>
  "variants" in axis
    ? axis.variants[String(value)]
    : Object.fromEntries(axis.fields.map((field) => [field, value] as const))

/** All trials of a space, none twice. `base`: the config that the axes vary, already resolved. */
export function trialsOf(space: Space, base: TrainConfig): Trial[] {
  for (const axis of space.axes)
    for (const value of valuesOf(axis)) withSettings(base, settingsOf(axis, value), `axis ${axis.name}`) // wrong fields are told now
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

/** A config with these fields set, by their paths. `from` begins an error. */
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
const axisName = name("", "How tables and plots call the axis.")

/** An axis of one hyper-parameter, in a file. */
const valuesAxis = {
  name: axisName,
  fields: custom(
    v.pipe(v.array(v.string()), v.minLength(1)),
    'a list such as ["learningRate"]',
    [],
    "The fields of the config that it sets.",
  ),
  values: custom(v.pipe(v.array(value), v.minLength(1)), "a list of numbers or words", [], "Their values."),
}
/** An axis of named variants, in a file. */
const variantsAxis = {
  name: axisName,
  variants: custom(
    v.pipe(v.record(v.string(), settings), v.minEntries(1)),
    'names with settings, such as { "no clip": { "clip.norm": null } }',
    {},
    "What each variant sets.",
  ),
}
/** A space in a file. */
const spaceFields = {
  name: custom(v.pipe(v.string(), v.regex(/^[\w.-]{1,60}$/u)), "letters, digits, - and _", "", "Names the sweep."),
  about: custom(v.string(), "a sentence", "", "What it asks."),
  recipe: yesNo(false, "Whether trials begin with the recipe of the task's name."),
  config: custom(v.custom<object>(isObject), "an object with fields of a run's config", {}, "What all trials share."),
  set: custom(settings, 'fields with values, such as { "restart.enabled": false }', {}, "More that they share."),
  axes: custom(v.array(v.unknown()), "a list of { name, fields, values } or { name, variants }", [], "What is varied."),
  seeds: whole(1, "Runs of each point of the grid.", { min: 1 }),
}

/** A space out of a JSON file, checked; a UserError sentence names what is wrong. */
export function parseSpace(file: string, text: string): Space {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    throw new UserError(
      `${file} is no sweep: got text that is not JSON (${(error as Error).message.split("\n")[0]}), expected { "name", "config", "axes" }`,
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
