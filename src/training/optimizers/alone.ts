// An optimizer as the whole update of a net of one's own: no clipping, no averages.

import { type Update, UpdateBuilder, WEIGHTS } from "../../plan/update.ts"
import { check, defaultsOf, merged, type PartialValues, refused, type ValuesOf } from "../../schema/index.ts"
import { optimizers } from "./index.ts"
import { addOptimizer, type Optimizer } from "./optimizer.ts"

type Optimizers = typeof optimizers
export type OptimizerName = keyof Optimizers
export type OptimizerOptions<N extends OptimizerName> = PartialValues<ValuesOf<Optimizers[N]["fields"]>>

/** An update with the state of its optimizer. */
export interface OptimizerUpdate {
  /** For `Program.resident`. */
  readonly update: Update
  /**
   * Advances the optimizer by one step.
   * @returns the numbers that `Resident.step` needs
   */
  next(learningRate: number): Readonly<Record<string, number>>
}

/**
 * The update of one optimizer.
 * @param name one of `optimizers`
 * @param options what differs from its defaults
 * @throws UserError if there is no such optimizer or option, or a value is invalid
 * @example const adam = optimizerUpdate("adam", { epsilon: 1e-8 })
 */
export function optimizerUpdate<N extends OptimizerName>(
  name: N,
  options: OptimizerOptions<N> = {} as OptimizerOptions<N>,
): OptimizerUpdate {
  const names = Object.keys(optimizers)
  if (!names.includes(name)) throw refused("optimizer", name, `one of ${names.join(", ")}`)
  const optimizer: Optimizer = optimizers[name]
  const own = merged(optimizer.fields, defaultsOf(optimizer.fields), options)
  check(optimizer.fields, own, name)
  const u = new UpdateBuilder([], [WEIGHTS, ...optimizer.arrays])
  addOptimizer(u, optimizer, own)
  u.writeWeights()
  const numbers = optimizer.begin(own)
  return { update: u.finish(), next: (learningRate) => optimizer.next(own, numbers, learningRate) }
}
