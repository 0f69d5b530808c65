// All model families; add a family here.

import { UserError } from "../core/errors.ts"
import { check, type ValuesOf, type Variants } from "../schema/index.ts"
import { lstmAttention } from "./lstm-attention.ts"
import type { BuildOptions, ModelFamily, Signature } from "./model.ts"
import { neuralGpuFamily } from "./neural-gpu.ts"
import { ntm } from "./ntm.ts"
import { residual } from "./residual.ts"
import { gruFamily, lstmFamily, rnnFamily } from "./sequence.ts"
import { stackRnn } from "./stack-rnn.ts"

export type { BuildOptions, GraphTechnique, ModelFamily, ModelOutputs, Signature } from "./model.ts"

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

/** The schema of `config.model`: a family's name with its options. */
export const modelVariants: Variants<{ [N in ModelName]: Families[N]["fields"] }> = {
  kind: "variants",
  of: Object.fromEntries(Object.entries(modelFamilies).map(([name, { fields }]) => [name, fields])) as {
    [N in ModelName]: Families[N]["fields"]
  },
  default: "neural-gpu",
  about: "The model.",
  flag: "--model <name>",
}
export type ModelConfig = ValuesOf<{ model: typeof modelVariants }>["model"]

/** The family with this name. Throws a UserError if there is none. */
export function modelFamily(name: string): ModelFamily {
  if (Object.hasOwn(modelFamilies, name)) return modelFamilies[name as ModelName]
  throw new UserError(`model.name: got ${JSON.stringify(name)}, expected one of ${modelNames.join(", ")}`)
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

/** The largest number of scan steps beyond those that the length of an example requires. */
export const extraSteps = ({ name, ...options }: ModelConfig): number => modelFamily(name).extraSteps(options)

/** The largest number of scan steps for an example of `length` places. */
export const scanSteps = (model: ModelConfig, signature: Signature, length: number): number =>
  modelFamily(model.name).steps(signature, length) + extraSteps(model)
