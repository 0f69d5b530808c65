// What a model is to the trainer: a graph with these inputs and outputs.
// Lane inputs: symbols, target, mask, weight [L, 1, 1]; steps, scale [1, 1, 1]. Outputs: logits [L, 1, V], error, cost [1, 1, 1].

import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"

export interface ModelInputs {
  /** Symbol numbers of the question. */
  readonly symbols: Node
  /** Symbol numbers of the answer. */
  readonly target: Node
  /** 1 at the example's own places, 0 beyond its end. */
  readonly mask: Node
  /** What each place's cross-entropy counts. */
  readonly weight: Node
  /** Steps this example is given; its state stands still afterwards. */
  readonly steps: Node
  /** What the example's saturation cost counts, before the setting `saturation weight`. */
  readonly scale: Node
}

export const modelInputs = (g: Graph): ModelInputs => ({
  symbols: g.lane("symbols", ["L", 1, 1]),
  target: g.lane("target", ["L", 1, 1]),
  mask: g.lane("mask", ["L", 1, 1]),
  weight: g.lane("weight", ["L", 1, 1]),
  steps: g.lane("steps", [1, 1, 1]),
  scale: g.lane("scale", [1, 1, 1]),
})

export interface ModelOutputs {
  /** Log-probabilities of the symbols at every place: [L, 1, V]. */
  readonly logits: Node
  /** Weighted cross-entropy of the example: [1, 1, 1]. */
  readonly error: Node
  /** Its share of the saturation cost, without the weight: [1, 1, 1]. */
  readonly cost: Node
  /** What is minimised: error + saturation weight · cost. */
  readonly loss: Node
}
