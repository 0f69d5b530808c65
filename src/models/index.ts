// All model families; add a family here. Models of one's own join them while a program runs (`useModel`).

import * as v from "valibot"
import { UserError } from "../core/errors.ts"
import { check, custom, type Fields, type ValuesOf, type Variants } from "../schema/index.ts"
import type { DefinedModel } from "./define.ts"
import { lstmAttention } from "./lstm-attention.ts"
import type { BuildOptions, ModelFamily, Signature } from "./model.ts"
import { neuralGpuFamily } from "./neural-gpu.ts"
import { ntm } from "./ntm.ts"
import { residual } from "./residual.ts"
import { gruFamily, lstmFamily, rnnFamily } from "./sequence.ts"
import { stackRnn } from "./stack-rnn.ts"

export { DefinedModel, defineModel, type ModelDefinition } from "./define.ts"
export type { BuildOptions, GraphTechnique, ModelFamily, Signature } from "./model.ts"

export const modelFamilies = {
  "neural-gpu": neuralGpuFamily,
  rnn: rnnFamily,
  gru: gruFamily,
  lstm: lstmFamily,
  "lstm-attention": lstmAttention,
  "stack-rnn": stackRnn,
  ntm,
  residual,
} as const

type Families = typeof modelFamilies
export type ModelName = keyof Families
export const modelNames = Object.keys(modelFamilies) as ModelName[]

type FieldsOf = { [N in ModelName]: Families[N]["fields"] }
const fieldsOf: Record<string, Fields> = Object.fromEntries(
  Object.entries(modelFamilies).map(([name, { fields }]) => [name, fields]),
)

/** The schema of `config.model`: a family's name with its options. */
export const modelVariants: Variants<FieldsOf> = {
  kind: "variants",
  of: fieldsOf as FieldsOf,
  default: "neural-gpu",
  about: "The model.",
  flag: "--model <name>",
}
export type ModelConfig = ValuesOf<{ model: typeof modelVariants }>["model"]

/** The model that a task gets if none is named, by what it learns. */
export const usualModels: Readonly<Record<Signature["kind"], ModelName>> = {
  symbols: modelVariants.default as ModelName,
  vectors: "ntm",
  images: "residual",
}

interface Own {
  readonly model: DefinedModel
  /** The file that defines it; null if a program does. */
  readonly module: string | null
}
/** Models of one's own by name. */
const own = new Map<string, Own>()

/**
 * Makes a model of one's own known, so that configs can name it and runs of it can be loaded.
 * @param module the file that defines it, as stored in configs
 * @throws UserError if another model has its name
 */
export function useModel(
  model: DefinedModel,
  module: string | null = own.get(model.family.name)?.module ?? null,
): void {
  const { family } = model
  const { name } = family
  const known = own.get(name)
  if (Object.hasOwn(modelFamilies, name) || (known && known.model.family !== family))
    throw new UserError(`two models are called ${JSON.stringify(name)}; give yours another name`)
  own.set(name, { model, module })
  fieldsOf[name] = { module: moduleField(module), ...family.fields }
}

const moduleField = (module: string | null) =>
  custom(
    v.nullable(v.string()),
    "a file, or null",
    module,
    "The file that defines the model, from the current folder; null if a program does.",
  )

/** Whether a config's model is known: one of this package, or one of one's own from the same file. */
export function isKnownModel(name: string, module: unknown): boolean {
  const mine = own.get(name)
  return mine ? mine.module === null || mine.module === module : Object.hasOwn(modelFamilies, name)
}

/** The package's model whose training settings a model has by default. */
export const trainsAs = (name: string): ModelName => own.get(name)?.model.family.trainsAs ?? (name as ModelName)

/** The family with this name. Throws a UserError if there is none. */
export function modelFamily(name: string): ModelFamily {
  const mine = own.get(name)
  if (mine) return mine.model.family
  if (Object.hasOwn(modelFamilies, name)) return modelFamilies[name as ModelName]
  throw new UserError(
    `model.name: got ${JSON.stringify(name)}, expected one of ${modelNames.join(", ")}, or a model of your own that its file defines`,
  )
}

/** Throws a UserError for options that the family lacks or that are invalid. */
export function checkModel(model: ModelConfig): void {
  check({ model: modelVariants }, { model }, "")
  const { name, ...options } = model
  modelFamily(name).check(options)
}

/** Builds the graph of one example. */
export const buildModel = ({ name, ...options }: ModelConfig, signature: Signature, how: BuildOptions) =>
  modelFamily(name).build(options, signature, how)

/** The techniques that are part of a model's graph. */
export const graphTechniques = ({ name, ...options }: ModelConfig) => modelFamily(name).techniques(options)

/** The most scan steps in training beyond those that the length of an example requires. */
export const extraSteps = ({ name, ...options }: ModelConfig): number => modelFamily(name).extraSteps(options)

/** Scan steps of an answer beyond those that the length of its question requires. */
export const answerSteps = ({ name, ...options }: ModelConfig, length: number): number =>
  modelFamily(name).answerSteps(options, length)

/** The most scan steps in training for an example of `length` places. */
export const trainingSteps = (model: ModelConfig, signature: Signature, length: number): number =>
  modelFamily(model.name).steps(signature, length) + extraSteps(model)

/** The scan steps of an answer to a question of `length` places. */
export const scanSteps = (model: ModelConfig, signature: Signature, length: number): number =>
  modelFamily(model.name).steps(signature, length) + answerSteps(model, length)
