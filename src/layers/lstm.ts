// Long short-term memory (Hochreiter & Schmidhuber 1997, forget gate of Gers et al. 2000, no peepholes):
// c' = f·c + i·tanh(z), h' = o·tanh(c'), gates i, f, o = σ(W x + U h + b).

import { add, mul, sigmoid, tanh } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { type LinearInputs, linear } from "./linear.ts"

/** Initial bias of the forget gate, so that it starts open [Jozefowicz et al. 2015]. */
export const FORGET_BIAS = 1

export interface LstmState {
  readonly h: Node
  readonly c: Node
}

/** One step: `inputs` by name, each [1, 1, C], and state h, c [1, 1, units] → next h, c. */
export function lstm(g: Graph, name: string, inputs: LinearInputs, { h, c }: LstmState, scale = 1): LstmState {
  const gate = (kind: string, bias = 0) =>
    linear(g, `${name}/${kind}`, { ...inputs, state: h }, { channels: h.shape[2] as number, bias, scale })
  const [input, forget, output, candidate] = [
    gate("input"),
    gate("forget", FORGET_BIAS),
    gate("output"),
    gate("candidate"),
  ]
  const cell = g.map([forget, c, input, candidate], (f, before, i, z) =>
    add(mul(sigmoid(f), before), mul(sigmoid(i), tanh(z))),
  )
  return { h: g.map([output, cell], (o, x) => mul(sigmoid(o), tanh(x))), c: cell }
}
