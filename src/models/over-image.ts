// Models that rewrite an image of the question: a scan over one step, as in the Neural GPU [KS16 §2]. The
// answer stands in the first column of the last image.

import { coordinate, equal, less, mul, neg, select, step, tanh } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { conv } from "../layers/conv.ts"
import { dropout, keepAtLength } from "../layers/dropout.ts"
import { oneHot } from "../layers/embedding.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import {
  type BuildOptions,
  type ModelInputs,
  type ModelOutputs,
  modelInputs,
  type Signature,
  symbolsOf,
} from "./model.ts"

/** Log-probabilities of V symbols at every place of a column [L, 1, M], and their weighted cross-entropy. */
export function answerOfColumn(g: Graph, column: Node, V: number, { target, weight }: ModelInputs) {
  const logits = g.create(logSoftmaxOp, [conv(g, "output", column, { channels: V, kernel: [1, 1] })], {})
  const error = sum(
    g,
    g.map([logits, target, weight], (p, t, w) => mul(w, select(equal(t, coordinate(2)), neg(p), 0))),
    [1, 1, 1],
  )
  return { logits, error }
}

/** Random stream of dropout. */
const STATE_DROPOUT = 1

/**
 * tanh of the embedded symbols, then one step for each symbol of the question, with dropout after each.
 * @param rewrite state [L, 1, M], mask [L, 1, 1] (0 beyond the example's end) → next state [L, 1, M]
 */
export function overImage(
  g: Graph,
  signature: Signature,
  maps: number,
  { training, dropoutByLength }: BuildOptions,
  rewrite: (state: Node, mask: Node) => Node,
): ModelOutputs {
  const V = symbolsOf(signature)
  const inputs = modelInputs(g)
  const { symbols, mask, steps } = inputs
  const setting = g.setting("keep", 1)
  const keep = dropoutByLength && training ? keepAtLength(g, setting, steps) : setting
  const embedded = conv(g, "input", oneHot(g, symbols, V), { channels: maps, kernel: [1, 1] })
  const [state] = g.scan([g.map([embedded, mask], (x, m) => mul(m, tanh(x)))], ([s]) => {
    g.tap("state", "memory", () => s)
    return [
      g.map([rewrite(s, mask), s, mask, steps, keep], (a, b, m, n, k) =>
        select(less(step, n), mul(m, training ? dropout(a, k, STATE_DROPOUT) : a), b),
      ),
    ]
  })
  const { logits, error } = answerOfColumn(g, state, V, inputs)
  return { logits, error, cost: g.zeros([1, 1, 1]), loss: error }
}
