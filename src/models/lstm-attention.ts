// The LSTM with attention, a baseline of the Neural GPU paper [KS16 §3.1; Bahdanau et al. 2015;
// Vinyals et al. 2015]. LSTM layers read the question. Other LSTM layers write the answer, one symbol per
// step, and attend to the whole question each time. The previous symbol is an input: the correct one in
// training, else the model's argmax.

import { add, coordinate, equal, less, mul, neg, select, step } from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { attend, attended } from "../layers/attention.ts"
import { dropout, keepAtLength } from "../layers/dropout.ts"
import { type LinearInputs, linear } from "../layers/linear.ts"
import { lstm } from "../layers/lstm.ts"
import { argmaxOneHotOp } from "../ops/argmax-one-hot.ts"
import { gatherRowOp } from "../ops/gather-row.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import type { ValuesOf } from "../schema/index.ts"
import {
  type BuildOptions,
  initScaleField,
  layersField,
  type ModelFamily,
  type ModelOutputs,
  modelInputs,
  plain,
  type Signature,
  symbolsOf,
  unitsField,
} from "./model.ts"

/** About 200,000 parameters, as in [KS16 §3.1]. */
const fields = {
  units: unitsField(64, "KS16 §3.1"),
  layers: layersField(3, "KS16 §3.1"),
  initScale: initScaleField,
}
type Options = ValuesOf<typeof fields>

export const lstmAttention: ModelFamily<Options, typeof fields> = {
  ...plain,
  summary: "an LSTM encoder and decoder with attention: a baseline of the Neural GPU paper",
  fields,
  techniques: () => ["dropout"],
  learns: ["symbols"],
  learningRate: () => 0.003,
  build,
  steps: (_, length) => length, // both scans: the encoder reads as many places as the decoder writes
}

/** First dropout stream of the decoder layers; the encoder's start at 1. */
const ANSWERING = 100

function build(
  { units, layers, initScale }: Options,
  signature: Signature,
  { training, dropoutByLength }: BuildOptions,
): { graph: Graph; outputs: ModelOutputs } {
  const V = symbolsOf(signature)
  const g = new Graph()
  const { symbols, target, mask, weight, steps: own } = modelInputs(g)
  const setting = g.setting("keep", 1)
  const keep = dropoutByLength && training ? keepAtLength(g, setting, own) : setting
  const zeros = g.zeros([1, 1, units])

  /**
   * One step of all layers. Dropout applies to a layer's input from below, not to its recurrent state
   * [Zaremba et al. 2014].
   */
  const stack = (name: string, stream: number, inputs: LinearInputs, state: readonly Node[]): Node[] => {
    const next: Node[] = []
    let below = inputs
    for (let layer = 0; layer < layers; layer++) {
      const [h, c] = state.slice(2 * layer)
      const after = lstm(g, `${name}${layer}`, below, { h, c }, initScale)
      next.push(after.h, after.c)
      const heard = training ? g.map([after.h, keep], (x, k) => dropout(x, k, stream + layer)) : after.h
      below = { input: heard }
    }
    return next
  }
  const top = (state: readonly Node[]) => state[2 * layers - 2]
  const symbolAt = (of: Node) => g.map([g.create(gatherRowOp, [of], {})], (s) => equal(s, coordinate(2)), [1, 1, V])
  const write = (before: Node, now: Node) => g.map([before, now], (a, b) => select(equal(coordinate(0), step), b, a))

  const [states, ...read] = g.scan(
    [g.zeros(["L", 1, units]), ...Array.from({ length: 2 * layers }, () => zeros)],
    ([states, ...state]) => {
      const next = stack("read", 1, { input: symbolAt(symbols) }, state)
      // The state of a shorter example is frozen beyond its end, so that the decoder starts from its last
      // place.
      const held = next.map((after, i) => g.map([after, state[i], own], (a, b, n) => select(less(step, n), a, b)))
      return [write(states, top(next)), ...held]
    },
  )
  const question = attended(g, "attention", states, mask, units, initScale)
  const [answer] = g.scan(
    [g.zeros(["L", 1, V]), g.zeros([1, 1, V]), zeros, ...read],
    ([answer, before, seen, ...state]) => {
      const next = stack("answer", ANSWERING, { input: before, seen }, state)
      const look = attend(g, "attention", question, top(next), initScale)
      const now = linear(g, "output", { state: top(next), seen: look.read }, { channels: V })
      g.tap("answer", "value", () => answer)
      g.tap("attention/weights", "weighting", () => look.weights)
      for (let layer = 0; layer < layers; layer++) g.tap(`answer${layer}`, "value", () => state[2 * layer])
      const heard = training ? symbolAt(target) : g.create(argmaxOneHotOp, [now], {})
      return [write(answer, now), heard, look.read, ...next]
    },
  )
  const logits = g.create(logSoftmaxOp, [answer], {})
  const error = sum(
    g,
    g.map([logits, target, weight], (p, t, w) => mul(w, select(equal(t, coordinate(2)), neg(p), 0))),
    [1, 1, 1],
  )
  const cost = g.zeros([1, 1, 1])
  return { graph: g, outputs: { logits, error, cost, loss: g.map([error, cost], add) } }
}
