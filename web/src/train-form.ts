// The form of the page "Train", as one table: a field's URL key, label, path in the config, and widget.
// Inputs, links and the config of a run all derive from it.
//
// The form stores only explicit choices. All other values come from the task's recipe and the model, so that
// another task brings its recipe, and another number of maps its default learning rate.

import { signal } from "@preact/signals"
import * as v from "valibot"
import { recipes } from "../../recipes/index.ts"
import { fasterOriginal } from "../../recipes/original.ts"
import { graphTechniques, modelFamilies } from "../../src/models/index.ts"
import type { Field } from "../../src/schema/field.ts"
import { taskFamilies } from "../../src/tasks/index.ts"
import { longestSize, type PartialConfig, resolveConfig, type TrainConfig } from "../../src/training/config.ts"
import { allTechniques } from "../../src/training/phases.ts"
import { settable, valueAt, withField } from "../../src/training/settable.ts"
import { type Sizes, sizeGroups } from "../../src/training/sizes.ts"
import { startRateOf } from "../../src/training/update.ts"
import { pageDevices } from "./engine/device.ts"
import { choicePart, type LinkPart, type LinkValues, numberPart } from "./link.ts"

export interface Option {
  readonly value: string
  readonly label: string
}
interface Limits {
  readonly min: number
  readonly max: number
  readonly step: number
}
type Input =
  | ({ readonly kind: "number"; fits(x: number): boolean } & Limits)
  /** `options` depend on a config without choices of this form. */
  | { readonly kind: "choice"; options(config: TrainConfig): readonly Option[] }

export interface FormField<T = unknown> extends LinkPart<T> {
  readonly label: string
  readonly input: Input
  /** Whether the config has this field: an LSTM has no maps. */
  has(config: TrainConfig): boolean
  /** Reads the value from a config. */
  of(config: TrainConfig): T
  /** Returns the config with this value. */
  set(config: TrainConfig, value: T): TrainConfig
}

/** A number at a path of the config. For a field of phases, it shows the first phase and sets all. */
function numberField(key: string, path: string, label: string, limits: Limits): FormField<number> {
  const field = settable.get(path) as Field<number>
  const { min, max } = limits
  const fits = (x: number) => v.is(field.schema, x) && x >= min && x <= max
  const technique = allTechniques.find(({ name }) => name === path.split(".")[0])
  const at = (config: TrainConfig) => valueAt(technique ? config.phases[0] : config, path)
  return {
    ...numberPart(key, `a number from ${min} to ${max}`, fits),
    label,
    input: { kind: "number", fits, ...limits },
    has(config) {
      const needs = technique?.needs ?? null
      return at(config) !== undefined && (needs === null || graphTechniques(config.model).includes(needs))
    },
    of: (config) => at(config) as number,
    set: (config, value) => withField(config, path, value),
  }
}

type ChoiceField = FormField<string>
const choiceField = (
  key: string,
  label: string,
  expected: string,
  options: readonly Option[],
  place: Pick<ChoiceField, "of" | "set"> & { readonly options?: (config: TrainConfig) => readonly Option[] },
): ChoiceField => ({
  ...choicePart(
    key,
    options.map(({ value }) => value),
    expected,
  ),
  label,
  input: { kind: "choice", options: place.options ?? (() => options) },
  has: () => true,
  of: place.of,
  set: place.set,
})

/** The config of a task's recipe, or the default config if it has none. */
function recipeOf(task: string): TrainConfig {
  const recipe = recipes.find(({ name }) => name === task)?.config
  return resolveConfig({ ...recipe, task: { ...recipe?.task, name: task } })
}

const titles: Readonly<Record<string, string>> = {
  ntm: "Neural Turing Machine",
  "lstm-attention": "LSTM with attention",
  "stack-rnn": "Stack RNN",
}
/**
 * Models whose questions can be typed. The first is trained by the task's recipe, the others by the config
 * given here.
 */
const models: Readonly<Record<string, { readonly title: string; readonly config?: PartialConfig }>> = {
  diagonal: { title: "Neural GPU, diagonal (2017)" },
  original: { title: "Neural GPU, original (2015)", config: fasterOriginal },
  ...Object.fromEntries(
    Object.entries(modelFamilies)
      .filter(([name, { learns }]) => name !== "neural-gpu" && learns.includes("symbols"))
      .map(([name]) => [
        name,
        { title: titles[name] ?? name.toUpperCase(), config: { model: { name } } as PartialConfig },
      ]),
  ),
}
const modelOf = ({ model }: TrainConfig) => (model.name === "neural-gpu" ? model.form : model.name)

/** Curricula beside the task's default. A link stores the index in this list. */
export const curricula: readonly { readonly title: string; readonly sizes: Sizes }[] = [
  { title: "1 to 20, in six groups", sizes: sizeGroups },
  { title: "1 to 20, all at once", sizes: [[1, 20]] },
  {
    title: "1 to 8, in three groups (quick)",
    sizes: [
      [1, 3],
      [4, 5],
      [6, 8],
    ],
  },
]
const curriculumOptions = curricula.map(({ title }, i) => ({ value: String(i), label: title }))
const OWN = "own"
const curriculumOf = ({ sizes }: TrainConfig) => {
  const index = curricula.findIndex((listed) => JSON.stringify(listed.sizes) === JSON.stringify(sizes))
  return index < 0 ? OWN : String(index)
}
const ownCurriculum = ({ sizes }: TrainConfig): Option => ({
  value: OWN,
  label: `${sizes[0][0]} to ${sizes[sizes.length - 1][1]}, in ${sizes.length} groups (the task's own)`,
})

/** A run generalizes if it is right at this multiple of the longest trained size. */
const GENERALIZES_AT = 10
function withSizes(config: TrainConfig, choice: string): TrainConfig {
  if (choice === curriculumOf(config)) return config
  const sized = withField(config, "sizes", curricula[Number(choice)].sizes)
  // The recipe's confirmation at a larger size is dropped, because it belongs to the recipe's sizes.
  return withField(withField(sized, "goal.size", GENERALIZES_AT * longestSize(sized)), "goal.confirm", null)
}

/**
 * Growth of the pull after each check with all sizes right (ours). The default of 1.2 suits a check every 200
 * steps. With a check at every step, 1.05 takes 109 of them from 0.0005 to 0.1, so that the convergence of
 * the copies is visible.
 */
const FACTOR = 1.05
const copiesField = numberField("copies", "model.copies", "copies of the rule", { min: 1, max: 12, step: 1 })

/** The fields, in order of application: task and model select a whole config, the others change it. */
export const formFields = {
  task: choiceField(
    "task",
    "task",
    "a task of this page",
    taskFamilies.map(({ name, summary }) => ({ value: name, label: `${name} — ${summary}` })),
    { of: ({ task }) => task.name, set: (_, task) => recipeOf(task) },
  ),
  model: choiceField(
    "form",
    "model",
    "a model of this page",
    Object.entries(models).map(([value, { title }]) => ({ value, label: title })),
    {
      of: modelOf,
      set: (config, model) =>
        model === modelOf(config) ? config : resolveConfig({ ...models[model].config, task: config.task }),
    },
  ),
  maps: numberField("maps", "model.maps", "maps", { min: 3, max: 128, step: 1 }),
  copies: {
    ...copiesField,
    set(config, copies) {
      const copied = copiesField.set(config, copies)
      return config.curriculum.form === "groups" ? withField(copied, "relaxation.factor", FACTOR) : copied
    },
  } satisfies FormField<number>,
  dropout: numberField("dropout", "dropout.rate", "dropout", { min: 0, max: 0.5, step: 0.01 }),
  learningRate: {
    ...numberField("lr", "learningRate", "learning rate", { min: 0.00001, max: 0.2, step: 0.00001 }),
    of: startRateOf, // default: the model's learning rate
  },
  sizes: choiceField("sizes", "curriculum", "a curriculum's number", curriculumOptions, {
    of: curriculumOf,
    set: withSizes,
    options: (config) =>
      curriculumOf(config) === OWN ? [ownCurriculum(config), ...curriculumOptions] : curriculumOptions,
  }),
  seed: numberField("seed", "seed", "seed", { min: 0, max: 99999, step: 1 }),
}
export type FieldName = keyof typeof formFields
export const fieldNames = Object.keys(formFields) as FieldName[]

/** The explicit choices. */
export type Form = LinkValues<typeof formFields>

/** The config that a form describes. Fields that the model lacks are ignored. */
export function configOf(form: Form): TrainConfig {
  const chosen = fieldNames.reduce((config, name) => {
    const field: FormField = formFields[name]
    return form[name] !== undefined && field.has(config) ? field.set(config, form[name]) : config
  }, recipeOf("add"))
  return resolveConfig(chosen)
}

const without = (form: Form, name: FieldName): Form => {
  const { [name]: _, ...rest } = form
  return rest
}

/** The form with another choice; undefined, or the default value, removes the choice. */
export function choose<N extends FieldName>(form: Form, name: N, value: Form[N]): Form {
  // Most values fit only one task, so changing the task keeps only model and seed.
  const { model, seed } = form
  const kept = { ...(model !== undefined && { model }), ...(seed !== undefined && { seed }) }
  const rest = name === "task" ? kept : without(form, name)
  const field: FormField = formFields[name]
  return value === undefined || value === field.of(configOf(rest)) ? rest : { ...rest, [name]: value }
}

/** The options of a field, given the other choices. */
export function optionsOf(form: Form, name: FieldName): readonly Option[] {
  const { input }: FormField = formFields[name]
  return input.kind === "choice" ? input.options(configOf(without(form, name))) : []
}

/** The title of a run beside another one. */
export const titleOf = (config: TrainConfig): string =>
  `${config.task.name}, ${models[modelOf(config)].title}, seed ${config.seed}`

export const form = signal<Form>({})
/** The device for runs. It belongs to the machine, so links do not include it. */
export const deviceName = signal(pageDevices.peek()[0].name)
