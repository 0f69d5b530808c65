// Embeds symbols as one-hot times a matrix, which needs no gather and no special gradient.

import { coordinate, equal } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"

/** Symbols [L, 1, 1] in 0..V-1 → one-hot [L, 1, V]. */
export const oneHot = (g: Graph, symbols: Node, V: number): Node =>
  g.map([symbols], (s) => equal(s, coordinate(2)), [symbols.shape[0], 1, V])
