// The plain recurrent cell (Elman 1990): h' = f(W x + U h + b), where f is tanh or the sigmoid.

import { sigmoid, tanh } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { type LinearInputs, linear } from "./linear.ts"

export interface RnnOptions {
  readonly activation: "tanh" | "sigmoid"
  readonly scale?: number
}

/** One step: `inputs` by name, each [1, 1, C], and state h [1, 1, units] → next state. */
export function rnn(
  g: Graph,
  name: string,
  inputs: LinearInputs,
  h: Node,
  { activation, scale = 1 }: RnnOptions,
): Node {
  const pre = linear(g, name, { ...inputs, state: h }, { channels: h.shape[2] as number, scale })
  return g.map([pre], activation === "tanh" ? tanh : sigmoid)
}
