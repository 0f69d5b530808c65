// A linear map of one or more vectors [1, 1, C] (or of every place of an image): Σ Wᵢ xᵢ + b, with one matrix
// per input. It equals one product with the concatenated vectors.

import { add } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { glorot } from "../core/params.ts"
import { convOp } from "../ops/conv.ts"

export interface LinearOptions {
  /** Output channels. */
  readonly channels: number
  readonly bias?: number
  /** Scale of every matrix's Glorot bound. */
  readonly scale?: number
}

/** The inputs of a linear map, by the names of their matrices: { input: x, state: h }. */
export type LinearInputs = Readonly<Record<string, Node>>

/** Computes the map. Parameters `name/<input>/kernel` [1, 1, C, channels] and `name/bias`. */
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
