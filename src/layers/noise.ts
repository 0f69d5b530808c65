// Noise on pre-activations and on the state, ours: what a cell must bear in training makes it decide clearly, and so hold over thousands of steps (docs/log.md).

import { add, type Expr, mul, random, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"

/** In training: the standard deviation, [1], and the first of three streams of random numbers. */
export interface Noise {
  readonly deviation: Node
  readonly stream: number
}

/** Uniform noise of standard deviation 1: within ±√3. */
export const unitNoise = (stream: number): Expr => mul(sub(mul(random(stream), 2), 1), Math.sqrt(3))

/** A pre-activation, with noise if there is any. `number`: which of the cell's three. */
export const noisy = (g: Graph, pre: Node, noise: Noise | undefined, number: number): Node =>
  noise ? g.map([pre, noise.deviation], (p, d) => add(p, mul(d, unitNoise(noise.stream + number)))) : pre
