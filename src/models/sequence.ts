// Recurrent sequence models: layers of one cell, one above the other; the baselines of every task.

import { must, whole } from "../core/checks.ts"
import { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { gru } from "../layers/gru.ts"
import { lstm } from "../layers/lstm.ts"
import { rnn } from "../layers/rnn.ts"
import type { ModelFamily } from "./model.ts"
import { overTime, stepsOverTime } from "./over-time.ts"

export interface SequenceOptions {
  /** Numbers in the state of a layer. */
  readonly units: number
  readonly layers: number
  /** Multiplies the bound of initial weights. */
  readonly initScale: number
}
export interface RnnModelOptions extends SequenceOptions {
  readonly activation: "tanh" | "sigmoid"
}

/** One layer's step: its input and state → its next state, of which the first tensor is its output. */
type LayerStep<O> = (g: Graph, name: string, x: Node, state: readonly Node[], options: O) => readonly Node[]

function family<const Name extends string, O extends SequenceOptions>(
  name: Name,
  summary: string,
  defaults: O,
  /** Tensors in a layer's state. */
  tensors: number,
  layerStep: LayerStep<O>,
  check: (options: O) => void = () => {},
): ModelFamily<Name, O> {
  return {
    name,
    summary,
    defaults,
    techniques: [],
    learns: ["symbols", "vectors"],
    check(options) {
      const { units, layers, initScale } = options
      must("model.units", units, whole(units, 1) && units <= 4096, "a whole number from 1 to 4096")
      must("model.layers", layers, whole(layers, 1) && layers <= 8, "a whole number from 1 to 8")
      must("model.initScale", initScale, initScale > 0, "a number above 0")
      check(options)
    },
    build(options, signature) {
      const g = new Graph()
      const begin = Array.from({ length: options.layers * tensors }, () => g.zeros([1, 1, options.units]))
      const outputs = overTime(g, signature, {
        begin,
        step(x, state) {
          let below = x
          const next: Node[] = []
          for (let layer = 0; layer < options.layers; layer++) {
            const own = state.slice(layer * tensors, (layer + 1) * tensors)
            const after = layerStep(g, `${name}${layer}`, below, own, options)
            next.push(...after)
            below = after[0]
          }
          return { state: next, outputs: { state: below } }
        },
      })
      return { graph: g, outputs }
    },
    steps: stepsOverTime,
  }
}

/** One layer of 128; [KS16, §4] had an LSTM of three layers of 64 with attention, [NTM, §4] LSTMs of three layers of 128 to 512. */
const defaults: SequenceOptions = { units: 128, layers: 1, initScale: 1 }

export const rnnFamily = family<"rnn", RnnModelOptions>(
  "rnn",
  "plain recurrent cells, one symbol a step",
  { ...defaults, activation: "tanh" },
  1,
  (g, name, x, [h], { activation, initScale }) => [rnn(g, name, { input: x }, h, { activation, scale: initScale })],
  ({ activation }) =>
    must("model.activation", activation, ["tanh", "sigmoid"].includes(activation), '"tanh" or "sigmoid"'),
)

export const gruFamily = family(
  "gru",
  "gated recurrent units, one symbol a step",
  defaults,
  1,
  (g, name, x, [h], { initScale }) => [gru(g, name, { input: x }, h, initScale)],
)

export const lstmFamily = family(
  "lstm",
  "long short-term memory, one symbol a step",
  defaults,
  2,
  (g, name, x, [h, c], { initScale }) => {
    const next = lstm(g, name, { input: x }, { h, c }, initScale)
    return [next.h, next.c]
  },
)
