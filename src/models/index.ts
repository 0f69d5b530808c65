// The model families there are: one line each.

import { UserError } from "../core/errors.ts"
import { lstmAttentionFamily } from "./lstm-attention.ts"
import type { BuildOptions, ModelFamily, Signature } from "./model.ts"
import { neuralGpuFamily } from "./neural-gpu.ts"
import { ntmFamily } from "./ntm.ts"
import { residualFamily } from "./residual.ts"
import { gruFamily, lstmFamily, rnnFamily } from "./sequence.ts"
import { stackRnnFamily } from "./stack-rnn.ts"

export type { BuildOptions, ModelFamily, ModelOutputs, Signature, Technique } from "./model.ts"

export const modelFamilies = [
  neuralGpuFamily,
  rnnFamily,
  gruFamily,
  lstmFamily,
  lstmAttentionFamily,
  stackRnnFamily,
  ntmFamily,
  residualFamily,
] as const

type Configured<F> = F extends ModelFamily<infer Name, infer Options> ? { readonly name: Name } & Options : never
/** A family's name with its options: `config.model`. */
export type ModelConfig = Configured<(typeof modelFamilies)[number]>

/** The family that configs without a name mean: there was only this one. */
export const DEFAULT_FAMILY = neuralGpuFamily.name

/** The family of this name; a UserError sentence when there is none. */
export function modelFamily(name: string): ModelFamily {
  const family = modelFamilies.find((family) => family.name === name)
  if (family) return family
  const names = modelFamilies.map((family) => family.name)
  throw new UserError(`model.name: got ${JSON.stringify(name)}, expected one of ${names.join(", ")}`)
}

/** Refuses options that the family does not have, or that cannot be. */
export function checkModel({ name, ...options }: ModelConfig): void {
  const family = modelFamily(name)
  const known = Object.keys(family.defaults)
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown !== undefined)
    throw new UserError(`model.${unknown}: the model ${name} has no such option, expected one of ${known.join(", ")}`)
  family.check(options)
}

/** The graph of one example, and what it gives. */
export const buildModel = ({ name, ...options }: ModelConfig, signature: Signature, how: BuildOptions) =>
  modelFamily(name).build(options, signature, how)

/** Steps that a model's scan may take beyond those that an example's length asks for. */
export const extraSteps = ({ name, ...options }: ModelConfig): number => modelFamily(name).extraSteps?.(options) ?? 0

/** The share of an example's length that a model's scan takes at least in training, where that is a random number. */
export const leastSteps = ({ name, ...options }: ModelConfig): number => modelFamily(name).leastSteps?.(options) ?? 1

/** Steps that a model's scan takes for an example of `length` places, at most. */
export const scanSteps = (model: ModelConfig, signature: Signature, length: number): number =>
  modelFamily(model.name).steps(signature, length) + extraSteps(model)
