// The model families there are: one line each.

import { UserError } from "../core/errors.ts"
import { lstmAttentionFamily } from "./lstm-attention.ts"
import type { ModelFamily } from "./model.ts"
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
