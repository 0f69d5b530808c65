// Symbols to vectors: a table looked up as one-hot times matrix, which differentiates by itself and needs no gather.

import { coordinate, equal } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"

/** symbols [L, 1, 1] of 0..V-1 → one-hot [L, 1, V]. */
export const oneHot = (g: Graph, symbols: Node, V: number): Node =>
  g.map([symbols], (s) => equal(s, coordinate(2)), [symbols.shape[0], 1, V])
