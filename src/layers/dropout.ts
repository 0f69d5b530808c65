// Dropout [Srivastava et al. 2014], scaled by 1/keep in training so that evaluation needs no change. The mask
// is a function of (seed, stream, training step, scan step, example, element). It is never stored; the
// backward pass computes it again.

import { div, type Expr, less, min, mul, random, select, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"

/** x/keep with probability keep, else 0. Each dropout of a model needs a different `stream`. */
export const dropout = (x: Expr, keep: Expr, stream: number): Expr =>
  mul(x, select(less(random(stream), keep), div(1, keep), 0))

/** Full dropout up to this length; beyond it the dropout rate falls as 1 / length [neural_gpu code: 8]. */
export const DROPOUT_LENGTH = 8

/**
 * 1 − (1 − keep) · min(1, dropout length / length) for each example; `length` [1, 1, 1]. A longer example
 * takes more steps. With a constant rate, little of its state would survive the dropouts of all steps.
 */
export const keepAtLength = (g: Graph, keep: Node, length: Node): Node =>
  g.map(
    [keep, length, g.setting("dropout length", DROPOUT_LENGTH)],
    (k, n, full) => sub(1, mul(sub(1, k), min(1, div(full, n)))),
    [1, 1, 1],
  )
