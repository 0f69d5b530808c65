// The form of the page "Train". One table says everything: a field's key in the URL, its label, its place in
// the config, and how it is shown. Inputs, links and the config of a run all follow from it.
//
// The form holds only what somebody chose. Everything else is as the task's recipe and the model have it, so
// that another task brings its own numbers and another number of maps its own learning rate.

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
  /** `options`: of a config in which nothing is chosen here. */
  | { readonly kind: "choice"; options(config: TrainConfig): readonly Option[] }

export interface FormField<T = unknown> extends LinkPart<T> {
  readonly label: string
  readonly input: Input
  /** Whether a config has it: an LSTM has no maps. */
  has(config: TrainConfig): boolean
  /** What a config says. */
  of(config: TrainConfig): T
  /** The config with this value. */
  set(config: TrainConfig, value: T): TrainConfig
}

/** A number at a path of the config. Of a phase's field the first phase is shown, and all are set. */
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

/** A task as its recipe trains it, where it has one. */
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
 * Models that can be asked what people type. All but the first are trained by a config of their own, not the
 * recipe.
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

/** Curricula that the form offers beside the task's own; a link has their number in this list. */
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

/** Sizes at which a run must be right to generalize, as a multiple of the longest one that it trains on. */
const GENERALIZES_AT = 10
function withSizes(config: TrainConfig, choice: string): TrainConfig {
  if (choice === curriculumOf(config)) return config
  const sized = withField(config, "sizes", curricula[Number(choice)].sizes)
  // the recipe's last look, further out, belongs to the recipe's sizes
  return withField(withField(sized, "goal.size", GENERALIZES_AT * longestSize(sized)), "goal.confirm", null)
}

/**
 * The pull grows by this whenever the sizes of a step are right. Ours: the default (1.2) fits a curriculum that
 * looks every 200 steps; with a look at every step, 1.05 takes 109 right ones from 0.0005 to 0.1, over which
 * copies are seen to come together.
 */
const FACTOR = 1.05
const copiesField = numberField("copies", "model.copies", "copies of the rule", { min: 1, max: 12, step: 1 })

/**
 * The table, in the order in which choices count: a task and a model bring a whole config, the rest changes
 * it.
 */
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
    of: startRateOf, // where nobody says one, the model's own
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

/** What was chosen. */
export type Form = LinkValues<typeof formFields>

/** The config that a form means. What the model does not have is left aside. */
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

/** The form with another choice; undefined, or what it would be anyway, is no choice. */
export function choose<N extends FieldName>(form: Form, name: N, value: Form[N]): Form {
  // numbers that fit one task do not fit another; which model and which seed have nothing to do with it
  const { model, seed } = form
  const kept = { ...(model !== undefined && { model }), ...(seed !== undefined && { seed }) }
  const rest = name === "task" ? kept : without(form, name)
  const field: FormField = formFields[name]
  return value === undefined || value === field.of(configOf(rest)) ? rest : { ...rest, [name]: value }
}

/** What can be chosen for a field beside what else is chosen. */
export function optionsOf(form: Form, name: FieldName): readonly Option[] {
  const { input }: FormField = formFields[name]
  return input.kind === "choice" ? input.options(configOf(without(form, name))) : []
}

/** What a run is called beside another. */
export const titleOf = (config: TrainConfig): string =>
  `${config.task.name}, ${models[modelOf(config)].title}, seed ${config.seed}`

export const form = signal<Form>({})
/** The device that a run computes on: it belongs to the machine, not to a link. */
export const deviceName = signal(pageDevices.peek()[0].name)
