// Noise on pre-activations and on the state (ours). A cell trained with noise learns clear-cut decisions,
// which stay stable over thousands of steps (docs/log.md).

import { add, type Expr, mul, random, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"

/** Training noise: its standard deviation [1], and the first of three random streams. */
export interface Noise {
  readonly deviation: Node
  readonly stream: number
}

/** Uniform noise of standard deviation 1, between ±√3. */
export const unitNoise = (stream: number): Expr => mul(sub(mul(random(stream), 2), 1), Math.sqrt(3))

/** Adds noise to a pre-activation, if there is any. `number` is the stream, 0 to 2. */
export const noisy = (g: Graph, pre: Node, noise: Noise | undefined, number: number): Node =>
  noise ? g.map([pre, noise.deviation], (p, d) => add(p, mul(d, unitNoise(noise.stream + number)))) : pre
