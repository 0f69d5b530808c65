// Recurrent baselines: stacked layers of one kind of cell.

import { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { gru } from "../layers/gru.ts"
import { lstm } from "../layers/lstm.ts"
import { rnn } from "../layers/rnn.ts"
import { choice, type Fields, type ValuesOf } from "../schema/index.ts"
import { initScaleField, layersField, type ModelFamily, plain, unitsField } from "./model.ts"
import { overTime, stepsOverTime } from "./over-time.ts"

/**
 * One layer of 128 units. The baseline of [KS16 §4] was an LSTM with attention of three layers of 64; those
 * of [NTM §4] were LSTMs of three layers of 128 to 512.
 */
const sequenceFields = { units: unitsField(128, "ours"), layers: layersField(1, "ours"), initScale: initScaleField }
type SequenceOptions = ValuesOf<typeof sequenceFields>

const rnnFields = { ...sequenceFields, activation: choice(["tanh", "sigmoid"], "tanh", "The cell's non-linearity.") }

/** One step of a layer: its input and state → its next state, whose first tensor is its output. */
type LayerStep<O> = (g: Graph, name: string, x: Node, state: readonly Node[], options: O) => readonly Node[]

/**
 * Defines a family. `tensors` is the number of tensors in a layer's state; `name` prefixes its parameters.
 */
function family<F extends Fields, O extends SequenceOptions>(
  name: string,
  summary: string,
  fields: F,
  tensors: number,
  layerStep: LayerStep<O>,
): ModelFamily<O, F> {
  return {
    ...plain,
    summary,
    fields,
    techniques: () => [],
    learns: ["symbols", "vectors"],
    learningRate: () => 0.003,
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

export const rnnFamily = family(
  "rnn",
  "plain recurrent cells, one symbol a step",
  rnnFields,
  1,
  (g, name, x, [h], { activation, initScale }: ValuesOf<typeof rnnFields>) => [
    rnn(g, name, { input: x }, h, { activation, scale: initScale }),
  ],
)

export const gruFamily = family(
  "gru",
  "gated recurrent units, one symbol a step",
  sequenceFields,
  1,
  (g, name, x, [h], { initScale }) => [gru(g, name, { input: x }, h, initScale)],
)

export const lstmFamily = family(
  "lstm",
  "long short-term memory, one symbol a step",
  sequenceFields,
  2,
  (g, name, x, [h, c], { initScale }) => {
    const next = lstm(g, name, { input: x }, { h, c }, initScale)
    return [next.h, next.c]
  },
)
