// Additive attention [Bahdanau et al. 2015; Vinyals et al. 2015]. A query d scores the places h of a
// sequence, uᵢ = vᵀ tanh(W hᵢ + W' d + b), and reads their mean weighted by the softmax of the scores. Places
// beyond the end of an example get weight 0.

import { add, mul, tanh } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { glorot } from "../core/params.ts"
import { convOp } from "../ops/conv.ts"
import { maskedSoftmaxOp } from "../ops/masked-softmax.ts"
import { linear } from "./linear.ts"

/** A sequence to attend to, with the products W hᵢ, which do not depend on the query. */
export interface Attended {
  /** hᵢ: [L, 1, C]. */
  readonly values: Node
  /** W hᵢ: [L, 1, units]. */
  readonly keys: Node
  /** [L, 1, 1]. */
  readonly mask: Node
}

/** Computes the keys, once and outside of the scan that attends. Parameter `name/key/kernel`. */
export function attended(g: Graph, name: string, values: Node, mask: Node, units: number, scale = 1): Attended {
  const shape = [1, 1, values.shape[2] as number, units]
  const w = g.parameter(`${name}/key/kernel`, shape, glorot(shape, scale))
  return { values, keys: g.create(convOp, [values, w], { transposed: false }), mask }
}

/**
 * From a query [1, 1, C'] computes what is read [1, 1, C] and the weight of each place [L, 1, 1]. Parameters
 * `name/query/…` and `name/score`.
 */
export function attend(g: Graph, name: string, { values, keys, mask }: Attended, query: Node, scale = 1) {
  const units = keys.shape[2] as number
  const asked = linear(g, `${name}/query`, { state: query }, { channels: units, scale })
  const v = g.parameter(`${name}/score`, [units], glorot([units, 1], scale))
  const scores = sum(
    g,
    g.map([keys, asked, v], (k, q, s) => mul(s, tanh(add(k, q)))),
    [keys.shape[0], 1, 1],
  )
  const weights = g.create(maskedSoftmaxOp, [scores, mask], {})
  return { read: sum(g, g.map([values, weights], mul), [1, 1, values.shape[2]]), weights }
}
