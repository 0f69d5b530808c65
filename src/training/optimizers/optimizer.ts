// The interface of an optimizer: one object in one file of this folder, and one line in index.ts. Its update
// is written once, as expressions. Its state is arrays as long as the weights, and a few scalars, so that
// runs resume bit for bit. Only + − · / √ are used where bits matter; powers are running products.

import type { Expr } from "../../core/expr.ts"
import { GRADIENT, type UpdateBuilder, WEIGHTS } from "../../plan/update.ts"
import type { Fields } from "../../schema/index.ts"

export interface Optimizer<Options extends object = object> {
  readonly fields: Fields
  /** Names of its arrays. */
  readonly arrays: readonly string[]
  /** Names of the arrays that hold momentum. */
  readonly momentum: readonly string[]
  /** Its initial scalars in an attempt. */
  begin(options: Options): Record<string, number>
  /** Names of the scalars that an update reads. */
  readonly told: readonly string[]
  /** The values of those scalars for the next update. It advances its own `numbers` by one step. */
  next(options: Options, numbers: Record<string, number>, rate: number): Readonly<Record<string, number>>
  /**
   * The new value of each array and of "weights". Later expressions read what earlier ones have written.
   * @param of the present value of "gradient", "weights", an array or a scalar
   */
  update(options: Options, of: Readonly<Record<string, Expr>>): Readonly<Record<string, Expr>>
}

/** Adds an optimizer to an update. Its new weights are `u.weights`, which later stages may change. */
export function addOptimizer(u: UpdateBuilder, optimizer: Optimizer, options: object): void {
  const of: Record<string, Expr> = { gradient: u.read(GRADIENT), weights: u.read(WEIGHTS) }
  for (const name of optimizer.arrays) of[name] = u.read(name)
  for (const name of optimizer.told) of[name] = u.number(name)
  for (const [to, value] of Object.entries(optimizer.update(options, of)))
    if (to === WEIGHTS) u.weights = value
    else u.write(to, value)
}
