// Dropout (Srivastava et al. 2014), scaled by 1/keep in training so that evaluation needs no change.
// The mask is a function of (seed, stream, training step, scan step, example, element): nothing is stored, backward draws it again.

import { div, type Expr, less, mul, random, select } from "../core/expr.ts"

/** x where a random number is below keep, else 0; `stream` tells one dropout of a model from another. */
export const dropout = (x: Expr, keep: Expr, stream: number): Expr =>
  mul(x, select(less(random(stream), keep), div(1, keep), 0))
