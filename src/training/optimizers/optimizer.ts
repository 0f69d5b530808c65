// What an optimizer is: one object in one file of this folder, and one line in index.ts. Its update is written once, as
// expressions. Its state is arrays as long as the weights and a few numbers, so that it resumes bit for bit. Only + − · / √ are
// used where bits matter; powers are running products.

import type { Expr } from "../../core/expr.ts"
import type { Fields } from "../../schema/index.ts"

export interface Optimizer<Options extends object = object> {
  readonly fields: Fields
  /** Names of its arrays. */
  readonly arrays: readonly string[]
  /** Which of them carry the weights on from one step to the next. */
  readonly momentum: readonly string[]
  /** Its numbers when an attempt begins. */
  begin(options: Options): Record<string, number>
  /** Names of the numbers that an update is told. */
  readonly told: readonly string[]
  /** Those numbers for the next update; `numbers`, its own, go on by one step. */
  next(options: Options, numbers: Record<string, number>, rate: number): Readonly<Record<string, number>>
  /**
   * What becomes of each array and of "weights", one after the other: later expressions read what earlier ones have written.
   * `of`: the present value of "gradient", "weights", an array or a told number.
   */
  update(options: Options, of: Readonly<Record<string, Expr>>): Readonly<Record<string, Expr>>
}
