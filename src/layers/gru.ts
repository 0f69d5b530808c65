// The gated recurrent unit (Cho et al. 2014) with the signs of the Neural GPU's CGRU: h' = u·h + (1 −
// u)·tanh(W x + U (r·h) + b), u = σ(W' x + U' h + b'), r = σ(W'' x + U'' h + b''). u keeps the old state.

import { add, mul, sigmoid, sub, tanh } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { type LinearInputs, linear } from "./linear.ts"

/** One step: `inputs` by name, each [1, 1, C], and state h [1, 1, units] → next state. */
export function gru(g: Graph, name: string, inputs: LinearInputs, h: Node, scale = 1): Node {
  const channels = h.shape[2] as number
  const gate = (kind: string, state: Node) => linear(g, `${name}/${kind}`, { ...inputs, state }, { channels, scale })
  const update = gate("update", h)
  const reset = gate("reset", h)
  const candidate = gate(
    "candidate",
    g.map([reset, h], (r, x) => mul(sigmoid(r), x)),
  )
  return g.map([update, h, candidate], (pre, x, c) => {
    const u = sigmoid(pre)
    return add(mul(u, x), mul(sub(1, u), tanh(c)))
  })
}
