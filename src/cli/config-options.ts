// Options of `train` and `sweep` that are fields of the config. They come from the schema: a field that has a flag has an option.
// --set reaches every field.

import { type Command, Option } from "commander"
import { UserError } from "../core/errors.ts"
import { type NeuralGpuOptions, neuralGpuForms } from "../models/neural-gpu.ts"
import type { Field } from "../schema/index.ts"
import type { TrainConfig } from "../training/config.ts"
import { settable, withField } from "../training/settable.ts"

/** Fields that a command has as an argument or chooses before there is a config. */
const chosenBefore = ["model.name"]

const options = [...settable].filter(([, { flag }]) => flag !== "")

const describe = ({ about }: Field) => about.replace(/\.$/u, "").replace(/^[A-Z](?=[a-z ])/u, (c) => c.toLowerCase())

/** Adds these options to a command; none has a default there, so that only what was typed counts. */
export function addConfigOptions(command: Command): void {
  for (const [, field] of options) command.addOption(new Option(field.flag, describe(field)))
  command.option("--no-restart", "do not start over with the next seed where a run has plainly failed")
  const collect = (value: string, before: string[] = []) => [...before, value]
  command.option("--set <field=value>", "any field of the config, such as phases.1.ema.decay=0.99", collect)
  command.option("--config <file>", "a config in a JSON file, also that of a run")
  command.option("--print-config", "print the whole config and end")
}

/** The config with what was typed. `typed`: the command's options by their names. */
export function withOptions(config: TrainConfig, typed: Readonly<Record<string, unknown>>): TrainConfig {
  let out = config
  for (const [path, field] of options) {
    const text = typed[new Option(field.flag).attributeName()]
    if (typeof text !== "string" || chosenBefore.includes(path)) continue
    if (path === "model.form") out = withForm(out, text)
    out = withField(out, path, field.parse(text), field.flag.split(" ")[0])
  }
  if (typed.restart === false) out = withField(out, "restart.enabled", false)
  for (const setting of (typed.set as string[] | undefined) ?? []) out = withSetting(out, setting)
  return out
}

/** Another form of the Neural GPU brings its own width and layers. */
function withForm(config: TrainConfig, form: string): TrainConfig {
  const { model } = config
  if (model.name !== "neural-gpu" || form === model.form || !Object.hasOwn(neuralGpuForms, form)) return config
  const own = neuralGpuForms[form as NeuralGpuOptions["form"]]
  return { ...config, model: { name: model.name, ...own, maps: model.maps } }
}

function withSetting(config: TrainConfig, setting: string): TrainConfig {
  const at = setting.indexOf("=")
  if (at < 1)
    throw new UserError(
      `--set: got ${JSON.stringify(setting)}, expected a field and its value, such as learned.every=50`,
    )
  const path = setting.slice(0, at)
  const own = path.replace(/^phases\.\d+\./u, "")
  const text = setting.slice(at + 1)
  return withField(config, path, settable.get(own)?.parse(text) ?? text, `--set ${path}`)
}
