// All shared tensors in one array: trainable tensors in graph order, then settings.

import { hash, random, Stream } from "./rng.ts"
import { type Settings, settingNames } from "./settings.ts"

/** Initialization: a constant, or uniform in [−bound, bound). */
export type Init = { readonly constant: number } | { readonly uniform: number }

/** A shared tensor and its offset in the array of all shared tensors. */
export interface SharedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly size: number
  readonly offset: number
  readonly trainable: boolean
  /** Copies of one parameter along the first axis (parameter-sharing relaxation); 1 without it. */
  readonly copies: number
  readonly init: Init
}

/**
 * Glorot initialization: uniform with bound scale·√(6 / (fan in + fan out)), for kernels [..., in, out]
 * (Glorot & Bengio 2010).
 */
export function glorot(shape: readonly number[], scale = 1): Init {
  const taps = shape.slice(0, -2).reduce((a, b) => a * b, 1)
  return { uniform: scale * Math.sqrt(6 / (taps * (shape[shape.length - 2] + shape[shape.length - 1]))) }
}

/**
 * The initial values of all tensors. Those of one tensor depend only on the seed and its name, so adding
 * another tensor does not change them.
 */
export function initialValues(tensors: readonly SharedTensor[], seed: number): Float32Array {
  const values = new Float32Array(tensors.reduce((sum, t) => sum + t.size, 0))
  for (const { name, size, offset, init } of tensors) {
    const stream = random(seed, Stream.init, hash(...[...name].map((c) => c.charCodeAt(0))))
    for (let i = 0; i < size; i++)
      values[offset + i] = "constant" in init ? init.constant : (2 * stream.uniform() - 1) * init.uniform
  }
  return values
}

/** Writes the settings of a plan into `values`. Throws if one is missing, or if a name is not a setting. */
export function setValues(tensors: readonly SharedTensor[], values: Float32Array, settings: Settings): void {
  const given = new Map<string, number>(Object.entries(settings))
  const known = new Set<string>(settingNames)
  for (const name of given.keys())
    if (!known.has(name)) throw new Error(`no setting is named ${name}; there are ${settingNames.join(", ")}`)
  for (const { name, offset, trainable } of tensors) {
    if (trainable) continue
    const value = given.get(name)
    if (value === undefined) throw new Error(`the setting ${name} has no value, but this model needs it`)
    values[offset] = value
  }
}

/** The tensor with this name. Throws if there is none. */
export function tensorOf(tensors: readonly SharedTensor[], name: string): SharedTensor {
  const tensor = tensors.find((t) => t.name === name)
  if (!tensor) throw new Error(`no tensor is named ${name}; there are ${tensors.map((t) => t.name).join(", ")}`)
  return tensor
}

/** The part of `values` that holds a tensor, as a view. */
export function view(values: Float32Array, tensors: readonly SharedTensor[], name: string): Float32Array {
  const { offset, size } = tensorOf(tensors, name)
  return values.subarray(offset, offset + size)
}
