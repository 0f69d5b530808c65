// Parameter-sharing relaxation [KS16, §3]: the cells have r copies of their parameters (model.copies), step t uses copy t mod r, and a cost pulls
// every copy to the mean of all. The pull grows whenever a size is learnt, the last one again and again, and where it would pass its end there is one
// set again [neural_gpu code; KS16 averages as soon as the last size is learnt, when the copies may still be too far apart: docs/log.md]: the copies
// become their mean and stay equal, as each is given the mean of their gradients. (The gradient of one shared parameter is the sum; Adam's moments, which go on,
// are those of single copies, and a sum made its next steps r times too long: docs/log.md.)

import type { Copies } from "../../backends/learner.ts"
import type { SharedTensor } from "../../core/params.ts"

export interface RelaxationOptions {
  /** Weight of the cost, the sum of squared distances to the mean, at the beginning [neural_gpu code: 0.0005]. */
  readonly pull: number
  /** Multiplies it whenever a size is learnt: the pull factor [neural_gpu code: 1.2]. */
  readonly factor: number
  /** Where it ends, and averaging begins [neural_gpu code: 0.1]. */
  readonly most: number
}
export const relaxationDefaults: RelaxationOptions = { pull: 0.0005, factor: 1.2, most: 0.1 }

/** The tensors that have copies. */
export const relaxedTensors = (shared: readonly SharedTensor[]): Copies[] =>
  shared.filter(({ copies }) => copies > 1).map(({ offset, size, copies }) => ({ offset, size: size / copies, copies }))

/** Adds the gradient of pull · Σ (copy − mean)², which is 2 · pull · (copy − mean), in place; returns Σ (copy − mean)². */
export function addPull(
  gradient: Float32Array,
  parameters: Float32Array,
  relaxed: readonly Copies[],
  pull: number,
): number {
  let distance = 0
  each(relaxed, (places) => {
    const mean = meanAt(parameters, places)
    for (const at of places) {
      const off = parameters[at] - mean
      distance += off * off
      gradient[at] += 2 * pull * off
    }
  })
  return distance
}

/** Puts the mean of all copies into each. */
export function averageCopies(values: Float32Array, relaxed: readonly Copies[]): void {
  each(relaxed, (places) => {
    const mean = meanAt(values, places)
    for (const at of places) values[at] = mean
  })
}

/** The gradient of one set: the mean over copies stands in the first copy, zeros in the others, so that it counts once in the norm. */
export function foldGradient(gradient: Float32Array, relaxed: readonly Copies[]): void {
  each(relaxed, (places) => {
    const mean = meanAt(gradient, places)
    for (const at of places) gradient[at] = 0
    gradient[places[0]] = mean
  })
}

/** Gives every copy what stands in the first. */
export function spreadGradient(gradient: Float32Array, relaxed: readonly Copies[]): void {
  each(relaxed, ([first, ...others]) => {
    for (const at of others) gradient[at] = gradient[first]
  })
}

const meanAt = (values: Float32Array, places: readonly number[]) => {
  let sum = 0
  for (const at of places) sum += values[at]
  return sum / places.length
}

/** Calls with the places of one number in all its copies. */
function each(relaxed: readonly Copies[], use: (places: readonly number[]) => void): void {
  for (const { offset, size, copies } of relaxed) {
    const places = new Array<number>(copies)
    for (let i = 0; i < size; i++) {
      for (let c = 0; c < copies; c++) places[c] = offset + c * size + i
      use(places)
    }
  }
}
