// Weights by name, as a model's file stores them, and as one array, as a program reads them.

import { UserError } from "../core/errors.ts"
import type { Plan } from "../plan/plan.ts"

/** Weights by parameter name, as a model's file stores them. */
export type Weights = ReadonlyMap<string, { readonly data: ArrayLike<number | bigint> }>

/** The trainable tensors of a plan's array, by name. They are views of `values`. */
export function namedWeights({ shared }: Plan, values: Float32Array): Weights {
  const trainable = shared.filter((tensor) => tensor.trainable)
  return new Map(
    trainable.map(({ name, offset, size }) => [name, { data: values.subarray(offset, offset + size) }] as const),
  )
}

/**
 * The array that a plan's program reads: these weights, and settings at their initial values.
 * @param from names the weights in an error
 * @throws UserError if a weight is missing or has the wrong size
 */
export function sharedOf({ shared, sharedSize }: Plan, weights: Weights, from: string): Float32Array {
  const out = new Float32Array(sharedSize)
  for (const { name, offset, size, trainable, init } of shared) {
    const data = weights.get(name)?.data
    if (trainable && !(data instanceof Float32Array && data.length === size)) {
      if (data === undefined)
        throw new UserError(`${from} is damaged: it lacks the weights ${name} that its config needs`)
      const kind = data instanceof Float32Array ? "numbers" : "values that are no 32-bit floats"
      throw new UserError(
        `${from} does not fit its config: ${name} has ${data.length} ${kind}, expected ${size} numbers`,
      )
    }
    if (trainable) out.set(data as Float32Array, offset)
    else if ("constant" in init) out.fill(init.constant, offset, offset + size)
  }
  return out
}
