// Options of `train` that are fields of the config: one line each, so that a new one costs one line.
// Ranges are checked by resolveConfig; --set reaches every field that has no option of its own.

import { type Command, Option } from "commander"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { nearest } from "../core/nearest.ts"
import { neuralGpuDefaults } from "../models/neural-gpu.ts"
import { defaultConfig, type TrainConfig } from "../training/config.ts"
import { phaseFields } from "../training/settle.ts"
import { number, ranges } from "./values.ts"

/** A config that is being put together. */
export type Draft = Record<string, unknown>
type Path = readonly string[]

interface ConfigOption {
  readonly flag: string
  readonly about: string
  /** The field that it sets; the first one's default is shown. */
  readonly paths: readonly [Path, ...Path[]]
  readonly read: (flag: string, text: string) => unknown
}

const text = (_: string, value: string) => value
const numberOrNone = (flag: string, value: string) => (value === "none" ? null : number(flag, value))

const options: readonly ConfigOption[] = [
  { flag: "--seed <n>", about: "names all random numbers", paths: [["seed"]], read: number },
  { flag: "--steps <n>", about: "steps at most, from the beginning of the run", paths: [["steps"]], read: number },
  { flag: "--base <n>", about: "base of the digits", paths: [["task", "base"]], read: number },
  {
    flag: "--output <form>",
    about: "padded (with leading zeros) or stripped",
    paths: [["task", "output"]],
    read: text,
  },
  {
    flag: "--model <name>",
    about: "what learns; the command `models` lists them",
    paths: [["model", "name"]],
    read: text,
  },
  {
    flag: "--units <n>",
    about: "numbers in the state of a recurrent layer",
    paths: [["model", "units"]],
    read: number,
  },
  { flag: "--form <form>", about: "of the Neural GPU: diagonal or original", paths: [["model", "form"]], read: text },
  { flag: "--maps <n>", about: "channels of a cell", paths: [["model", "maps"]], read: number },
  { flag: "--width <n>", about: "columns of the image", paths: [["model", "width"]], read: number },
  { flag: "--layers <n>", about: "layers in a step", paths: [["model", "layers"]], read: number },
  {
    flag: "--groups <sizes>",
    about: "sizes trained on, such as 1-3,4-8,9-20",
    paths: [["batch", "groups"]],
    read: ranges,
  },
  { flag: "--examples <n>", about: "examples of each group in a step", paths: [["batch", "examples"]], read: number },
  {
    flag: "--structured <share>",
    about: "share of structured ones among them",
    paths: [["batch", "structured"]],
    read: number,
  },
  { flag: "--optimizer <name>", about: "adamax, adam, sgd or rmsprop", paths: [["optimizer", "name"]], read: text },
  { flag: "--rate <x>", about: "learning rate at the beginning", paths: [["rate", "start"]], read: number },
  {
    flag: "--keep <share>",
    about: "activations that dropout lets through",
    paths: [["keep"], ["settle", "keep"]],
    read: number,
  },
  { flag: "--clip <norm>", about: "largest norm of the gradient, or none", paths: [["clip"]], read: numberOrNone },
  { flag: "--gradient-noise <x>", about: "strength of gradient noise", paths: [["gradientNoise"]], read: number },
  {
    flag: "--shrinkage <x>",
    about: "how much nearer to 0 every weight comes at each step",
    paths: [["shrinkage"]],
    read: number,
  },
  {
    flag: "--goal-size <n>",
    about: "size at which generalisation is measured",
    paths: [["goal", "size"]],
    read: number,
  },
  {
    flag: "--goal-samples <n>",
    about: "fresh random examples of that size",
    paths: [["goal", "samples"]],
    read: number,
  },
  {
    flag: "--goal-times <n>",
    about: "times in a row that all must be right",
    paths: [["goal", "times"]],
    read: number,
  },
]

/** Adds these options to a command; none has a default there, so that only what was typed counts. */
export function addConfigOptions(command: Command): void {
  for (const { flag, about, paths } of options) {
    const value = show(get(defaultConfig, paths[0]))
    command.addOption(new Option(flag, value === undefined ? about : `${about} (default ${value})`))
  }
  command.option("--no-restart", "do not start over with the next seed where a run has plainly failed")
  const collect = (value: string, before: string[] = []) => [...before, value]
  command.option("--set <field=value>", "any other field of the config, such as fit.every=50", collect)
  command.addHelpText(
    "after",
    "\nDefaults of the config are those without a recipe; config.json in the run's folder holds all that was used.",
  )
}

/** Writes what was typed over a config. `typed`: the command's options by their names. */
export function applyOptions(draft: Draft, typed: Readonly<Record<string, unknown>>): void {
  for (const { flag, paths, read } of options) {
    const name = flag.split(" ")[0]
    const value = typed[new Option(flag).attributeName()]
    if (typeof value !== "string") continue
    if (name === "--form") useForm(draft, value)
    for (const path of paths) if (path.length === 1 || isObject(draft[path[0]])) put(draft, path, read(name, value))
  }
  if (typed.restart === false) put(draft, ["restart", "enabled"], false)
  for (const setting of (typed.set as string[] | undefined) ?? []) applySetting(draft, setting)
}

/** Another form brings its own width and layers. */
function useForm(draft: Draft, form: string): void {
  const model = draft.model as TrainConfig["model"]
  if (model.name === "neural-gpu" && form !== model.form && Object.hasOwn(neuralGpuDefaults, form))
    draft.model = { name: model.name, ...neuralGpuDefaults[form as typeof model.form], maps: model.maps }
}

function applySetting(draft: Draft, setting: string): void {
  const at = setting.indexOf("=")
  const path = setting.slice(0, at).split(".")
  const optional = isObject(draft.settle) ? [...phaseFields, "later"].map((name) => `settle.${name}`) : []
  const fields = [...new Set([...fieldsOf(draft), ...optional])]
  const field = path.join(".")
  if (at < 1 || !fields.includes(field)) {
    const near = nearest(field, fields)
    const hint = near === undefined ? "such as fit.every=50" : `did you mean ${near}?`
    throw new UserError(`--set: got ${JSON.stringify(setting)}, expected a field of the config and its value, ${hint}`)
  }
  const before = get(draft, path)
  const value = parse(setting.slice(at + 1))
  if (
    before !== null &&
    before !== undefined &&
    value !== null &&
    (typeof value !== typeof before || Array.isArray(value) !== Array.isArray(before))
  )
    throw new UserError(`--set ${field}: got ${JSON.stringify(value)}, expected a value like ${JSON.stringify(before)}`)
  put(draft, path, value)
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Every field with its value, by its dotted name. */
export function fieldsOf(config: object, prefix = ""): string[] {
  return Object.entries(config).flatMap(([key, value]) =>
    isObject(value) ? [`${prefix}${key}`, ...fieldsOf(value, `${prefix}${key}.`)] : [`${prefix}${key}`],
  )
}

export const get = (from: object, path: Path): unknown =>
  path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), from)

function put(draft: Draft, path: Path, value: unknown): void {
  let at = draft
  for (const key of path.slice(0, -1)) at = at[key] = { ...(at[key] as Draft) }
  at[path[path.length - 1]] = value
}

function show(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  return Array.isArray(value) ? value.map((range) => range.join("-")).join(",") : String(value)
}
