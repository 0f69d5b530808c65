// Dropout (Srivastava et al. 2014), scaled by 1/keep in training so that evaluation needs no change.
// The mask is a function of (seed, stream, training step, scan step, example, element): nothing is stored, backward draws it again.

import { div, type Expr, less, min, mul, random, select, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"

/** x where a random number is below keep, else 0; `stream` tells one dropout of a model from another. */
export const dropout = (x: Expr, keep: Expr, stream: number): Expr =>
  mul(x, select(less(random(stream), keep), div(1, keep), 0))

/** Up to this length as much as `keep` says; from there on the share that is dropped falls as 1 / length [neural_gpu code: 8]. */
export const DROPOUT_LENGTH = 8

/** 1 − (1 − keep) · min(1, dropout length / length) for each example: the image is as often rewritten as it is long, and what survives
 *  all its dropouts would otherwise vanish with the length. `length` [1, 1, 1]. */
export const keepAtLength = (g: Graph, keep: Node, length: Node): Node =>
  g.map(
    [keep, length, g.setting("dropout length", DROPOUT_LENGTH)],
    (k, n, full) => sub(1, mul(sub(1, k), min(1, div(full, n)))),
    [1, 1, 1],
  )
