// A linear map of one or more vectors [1, 1, C] (or of every place of an image), each by a matrix of its own, with one bias:
// Σ Wᵢ xᵢ + b. Concatenating the vectors and multiplying once would be the same.

import { add } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { glorot } from "../core/params.ts"
import { convOp } from "../ops/conv.ts"

export interface LinearOptions {
  /** Output channels. */
  readonly channels: number
  readonly bias?: number
  /** Multiplies the Glorot bound of every matrix. */
  readonly scale?: number
}

/** What a linear map reads, by the names of its matrices: { input: x, state: h }. */
export type LinearInputs = Readonly<Record<string, Node>>

/** Parameters `name/<input>/kernel` [1, 1, C, channels] and `name/bias`. */
export function linear(g: Graph, name: string, inputs: LinearInputs, options: LinearOptions): Node {
  const { channels, bias = 0, scale = 1 } = options
  const b = g.parameter(`${name}/bias`, [channels], { constant: bias })
  const product = Object.entries(inputs).reduce<Node | undefined>((sum, [input, x]) => {
    const shape = [1, 1, x.shape[2] as number, channels]
    const w = g.parameter(`${name}/${input}/kernel`, shape, glorot(shape, scale))
    return g.create(convOp, sum ? [x, w, sum] : [x, w], { transposed: false })
  }, undefined)
  if (!product) throw new Error(`linear: ${name} has no inputs, expected at least one`)
  return g.map([product, b], add)
}
