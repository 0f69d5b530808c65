// Slope annealing [Chung, Ahn and Bengio 2016, §2.3], for gates that have learnt: their pre-activations are multiplied by a slope above 1, so that a
// gate that was nearly shut or open is so. The slope is put into the weights: a trained model needs to know nothing of it.

import type { Arrays } from "../../backends/learner.ts"
import type { SharedTensor } from "../../core/plan.ts"

/** A parameter of an update or reset gate (cgru, dcgru, gru). */
export const isOfGate = (name: string): boolean => /\/(update|reset)\//.test(name)

/** Multiplies the parameters of all gates by `slope`, in the weights and in their average. */
export function sharpenGates(arrays: Arrays, shared: readonly SharedTensor[], slope: number): void {
  for (const { name, offset, size, trainable } of shared)
    if (trainable && isOfGate(name))
      for (const values of [arrays.weights, arrays.average])
        for (let i = offset; i < offset + size; i++) values[i] *= slope
}
