// What a sweep tries: a config, and axes along which it is varied. Every point of the grid is a trial with its own seed, as in the
// paper [KS16, §4: each of the 729 runs has its own seed]. A trial's name is a hash of its resolved config, seed included: the
// same sweep submitted twice names the same trials.

import { createHash } from "node:crypto"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { random } from "../core/rng.ts"
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

/** The grid's points in an order without pattern, so that the first hundred of them already show what matters. */
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

const isSettings = (x: unknown): x is Settings => isObject(x) && Object.values(x).every(isValue)
const isValue = (x: unknown): x is Value => x === null || ["number", "string", "boolean"].includes(typeof x)
const list = (x: unknown, holds: (item: unknown) => boolean) => Array.isArray(x) && x.length > 0 && x.every(holds)

/** A space out of a JSON file, checked; a UserError sentence names what is wrong. */
export function parseSpace(file: string, text: string): Space {
  const wrong = (what: string, got: unknown, expected: string) =>
    new UserError(`${file}: got ${what} ${JSON.stringify(got)?.slice(0, 60)}, expected ${expected}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UserError(
      `${file} is no sweep: got text that is not JSON (${(error as Error).message.split("\n")[0]}), expected { "name", "config", "axes" }`,
    )
  }
  if (!isObject(value)) throw wrong("a sweep", value, "an object with name, config and axes")
  const { name, about = "", recipe = false, config = {}, set = {}, axes = [], seeds = 1, ...more } = value
  for (const key of Object.keys(more)) throw wrong("the field", key, "name, about, recipe, config, set, axes or seeds")
  if (typeof name !== "string" || !/^[\w.-]{1,60}$/u.test(name))
    throw wrong("the name", name, "letters, digits, - and _")
  if (typeof about !== "string") throw wrong("about", about, "a sentence")
  if (typeof recipe !== "boolean") throw wrong("recipe", recipe, "true or false")
  if (!isObject(config)) throw wrong("config", config, "an object with fields of a run's config")
  if (!isSettings(set)) throw wrong("set", set, 'fields with values, such as { "restart.enabled": false }')
  if (typeof seeds !== "number" || !Number.isInteger(seeds) || seeds < 1)
    throw wrong("seeds", seeds, "a whole number of at least 1")
  if (!Array.isArray(axes)) throw wrong("axes", axes, "a list of { name, fields, values } or { name, variants }")
  const names = new Set<unknown>()
  for (const axis of axes) {
    const { name, fields, values, variants } = isObject(axis) ? axis : {}
    if (typeof name !== "string" || names.has(name)) throw wrong("an axis named", name, "a name of its own")
    names.add(name)
    if (variants !== undefined) {
      if (!isObject(variants) || !list(Object.values(variants), (v) => isObject(v) && Object.values(v).every(isValue)))
        throw wrong(
          `axis ${name} with the variants`,
          variants,
          'names with settings, such as { "no clip": { "clip.norm": null } }',
        )
      continue
    }
    if (!list(fields, (f) => typeof f === "string"))
      throw wrong(`axis ${name} with the fields`, fields, 'a list such as ["learningRate"]')
    if (!list(values, isValue)) throw wrong(`axis ${name} with the values`, values, "a list of numbers or words")
  }
  return { name, about, recipe, config, set, axes: axes as Axis[], seeds }
}
