// Options of `train` and `sweep` that are fields of the config. They come from the schema: a field with a
// flag has an option, described by the field's sentence. --set reaches every field.

import { type Command, Option } from "commander"
import { UserError } from "../core/errors.ts"
import { graphTechniques } from "../models/index.ts"
import { type NeuralGpuOptions, neuralGpuForms } from "../models/neural-gpu.ts"
import { type Field, Refused, refused } from "../schema/index.ts"
import { configFields, type TrainConfig } from "../training/config.ts"
import { withoutUnsupported } from "../training/phases.ts"
import { settable, settableField, splitPath, withField } from "../training/settable.ts"

/** Fields that are chosen before there is a config. */
const chosenBefore = ["model.name"]

/** Headings of the help, in order. */
const TASK = "Task and model:"
const GOAL = "Goal:"
const TRAINING = "Training:"
const PHASES = "In every phase:"
const ANY = "Any field of the config:"
const headings = [TASK, TRAINING, GOAL, PHASES, ANY]

function headingOf([first]: readonly string[]): string {
  if (first === "task" || first === "model") return TASK
  if (first === "goal") return GOAL
  return Object.hasOwn(configFields, first) ? TRAINING : PHASES
}

const options = [...settable]
  .filter(([, { flag }]) => flag !== "")
  .map(([path, field]) => ({ path, field, heading: headingOf(path.split(".")), name: field.flag.split(" ")[0] }))

/** Options of version 0.1, and their replacements. */
const renamed: readonly (readonly [old: string, now: string])[] = [
  ["--groups", "--train-sizes"],
  ["--examples", "--batch-size"],
  ["--hard", "--hard-examples"],
  ["--rate", "--learning-rate"],
  ["--keep", "--dropout, the share that is dropped"],
  ["--shrinkage", "--l1"],
]

/** A field's sentence as help text, with the possible words. */
function describe({ about, expected }: Field): string {
  const plain = about.replace(/ \[[^\]]*\]/gu, "").replace(/\bnull\b/gu, "none")
  const text = plain.replace(/\.$/u, "").replace(/^[A-Z](?=[a-z ])/u, (c) => c.toLowerCase())
  const words = expected.startsWith("one of ") ? expected.slice("one of ".length).split(", ") : []
  return words.every((word) => text.includes(word)) ? text : `${text}: ${words.join(", ")}`
}

/** Adds these options to a command. None has a default value there, so that only typed options count. */
export function addConfigOptions(command: Command): void {
  // a heading appears at its first option
  for (const heading of headings)
    for (const { field } of options.filter((option) => option.heading === heading))
      command.addOption(new Option(field.flag, describe(field)).helpGroup(heading))
  command.addOption(new Option("--no-restart", "do not restart a failed run with the next seed").helpGroup(PHASES))
  command.addOption(
    new Option("--set <field=value>", "set a field, such as phases.1.ema.decay=0.99; repeatable")
      .argParser((value: string, before: readonly string[] = []) => [...before, value])
      .helpGroup(ANY),
  )
  for (const [old, now] of renamed) command.addOption(goneOption(old, now))
}

/** A removed option: it is unknown, but the error names its replacement. */
const goneOption = (old: string, now: string): Option =>
  new Option(`${old} <value>`).hideHelp().argParser(() => {
    throw new UserError(`unknown option '${old}' (did you mean ${now}?)`)
  })

type Typed = Readonly<Record<string, unknown>>

const textOf = (typed: Typed, { flag }: Field): string | undefined => {
  const text = typed[new Option(flag).attributeName()]
  return typeof text === "string" ? text : undefined
}

/** Applies typed options to a config. `typed`: the options by name. */
export function withOptions(config: TrainConfig, typed: Typed): TrainConfig {
  let out = config
  for (const { path, field, name } of options) {
    const text = textOf(typed, field)
    if (text === undefined || chosenBefore.includes(path)) continue
    if (path === "model.form") out = withForm(out, text)
    out = withField(out, path, field.parse(text), name)
  }
  if (typed.restart === false) out = withField(out, "restart.enabled", false)
  for (const setting of (typed.set as readonly string[] | undefined) ?? []) out = withSetting(out, setting)
  return out
}

/** Names the typed option in errors of the whole config's check. */
export function namingOptions<T>(typed: Typed, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { own } = splitPath(error.path)
    const option = options.find(
      ({ path, field }) => textOf(typed, field) !== undefined && (path === own || path.startsWith(`${own}.`)),
    )
    throw option === undefined ? error : refused(option.name, error.got, error.expected)
  }
}

/** Changes the form of the Neural GPU, which has its own width and layers. */
function withForm(config: TrainConfig, form: string): TrainConfig {
  const { model } = config
  if (model.name !== "neural-gpu" || form === model.form || !Object.hasOwn(neuralGpuForms, form)) return config
  const own = neuralGpuForms[form as NeuralGpuOptions["form"]]
  const other = { name: model.name, ...own, maps: model.maps }
  const supported = graphTechniques(other)
  return { ...config, model: other, phases: config.phases.map((phase) => withoutUnsupported(phase, supported)) }
}

function withSetting(config: TrainConfig, setting: string): TrainConfig {
  const at = setting.indexOf("=")
  if (at < 1)
    throw new UserError(
      `--set: got ${JSON.stringify(setting)}, expected a field and its value, such as learned.every=50`,
    )
  const path = setting.slice(0, at)
  const text = setting.slice(at + 1)
  const field = settableField(config, path)
  return withField(config, path, field === undefined ? text : field.parse(text), `--set ${path}`)
}
