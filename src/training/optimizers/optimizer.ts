// What an optimiser is: an update, written once as expressions, which the host computes in float64 (`core/expr-arrays.ts`) and devices as a kernel.
// Its memory is arrays as long as the weights and a few numbers, so that it can be saved and resumed bit for bit. Only + − · / √ are used where
// bits matter; powers are running products.

import { type Expr, input } from "../../core/expr.ts"
import { type Assignment, compileForArrays } from "../../core/expr-arrays.ts"

export interface Optimizer {
  readonly name: string
  /** Names of the arrays it keeps. */
  readonly slots: readonly string[]
  /** Which of them carries the weights on from one update to the next. */
  readonly direction: string
  /** Numbers beside the arrays, at the beginning. */
  readonly scalars: Readonly<Record<string, number>>
  /** What an update is told, by name: the learning rate and what depends on the step only. */
  readonly numbers: readonly string[]
  /** Those numbers for the next update; `scalars` go on by one step. */
  advance(rate: number, scalars: Record<string, number>): Readonly<Record<string, number>>
  /** What becomes of each slot and of "weights", one after the other: later expressions read what earlier ones have written. `of`: the present
   *  value of "gradient", "weights", a slot or a number. */
  update(of: Readonly<Record<string, Expr>>): Readonly<Record<string, Expr>>
}

export interface OptimizerMemory {
  readonly slots: Record<string, Float32Array>
  readonly scalars: Record<string, number>
}

export const newMemory = (optimizer: Optimizer, size: number): OptimizerMemory => ({
  slots: Object.fromEntries(optimizer.slots.map((name) => [name, new Float32Array(size)])),
  scalars: { ...optimizer.scalars },
})

/** An update as assignments whose inputs are numbered as `names` are. */
export const assignmentsOf = (optimizer: Optimizer, names: readonly string[]): Assignment[] =>
  Object.entries(optimizer.update(Object.fromEntries(names.map((name, i) => [name, input(i)])))).map(([to, value]) => ({
    to,
    value,
  }))

/** An optimiser's step on the host: weights and memory are changed in place. */
export function stepper(optimizer: Optimizer) {
  const names = ["gradient", "weights", ...optimizer.slots, ...optimizer.numbers]
  const compiled = assignmentsOf(optimizer, names).map(({ to, value }) => ({ to, run: compileForArrays(value) }))
  return (weights: Float32Array, gradient: Float32Array, rate: number, { slots, scalars }: OptimizerMemory): void => {
    const values: Readonly<Record<string, Float32Array | number>> = {
      gradient,
      weights,
      ...slots,
      ...optimizer.advance(rate, scalars),
    }
    const inputs = names.map((name) => values[name])
    for (const { to, run } of compiled) run(inputs, values[to] as Float32Array)
  }
}
