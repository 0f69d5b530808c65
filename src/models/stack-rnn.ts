// The stack RNN, a baseline of the Neural GPU paper [Stack-RNN; KS16 §3.1]. A hidden layer reads one place of
// the input and the tops of several stacks, h = σ(U x + P tops (+ R h)). It determines how much each stack is
// pushed and popped.

import { coordinate, less, select, sigmoid } from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { linear } from "../layers/linear.ts"
import { moveStacks, pushed, stackActions, tops } from "../layers/stack.ts"
import { type ValuesOf, whole, yesNo } from "../schema/index.ts"
import { initScaleField, type ModelFamily, plain, unitsField } from "./model.ts"
import { overTime, stepsOverTime } from "./over-time.ts"

/**
 * The defaults are those of the published code for binary addition [Stack-RNN, train_add]: 100 units, 10
 * stacks, depth 2, recurrence only through the stacks.
 */
const fields = {
  units: unitsField(100, "Stack-RNN"),
  stacks: whole(10, "Stacks.", { min: 1, max: 256, source: "Stack-RNN" }),
  depth: whole(2, "Values of each stack, from its top on, that the hidden layer reads.", {
    min: 1,
    max: 16,
    source: "Stack-RNN",
  }),
  recurrent: yesNo(false, "Whether the hidden layer also reads itself; if not, all memory is in the stacks.", {
    source: "Stack-RNN",
  }),
  rounding: yesNo(false, "Whether a trained model takes the likeliest action whole.", { source: "Stack-RNN" }),
  initScale: initScaleField,
}

export const stackRnn: ModelFamily<ValuesOf<typeof fields>, typeof fields> = {
  ...plain,
  summary: "a hidden layer that pushes and pops continuous stacks: a baseline of the Neural GPU paper",
  fields,
  techniques: () => [],
  learns: ["symbols", "vectors"],
  learningRate: () => 0.003,
  build({ units, stacks, depth, recurrent, rounding, initScale: scale }, signature, { training }) {
    const g = new Graph()
    const options = { stacks, rounding: rounding && !training, scale }
    // As deep as the example is long, because no more than the input needs to be stored (the published code
    // uses 200).
    const empty = g.zeros(["L", 1, stacks])
    const outputs = overTime(g, signature, {
      begin: recurrent ? [empty, g.zeros([1, 1, units])] : [empty],
      shows: [
        { name: "stacks", role: "memory" },
        { name: "hidden", role: "value" },
      ],
      step(x, [before, hidden], own) {
        const read = Object.fromEntries(tops(g, before, depth).map((top, i) => [`top${i}`, top]))
        const heard = { input: x, ...read, ...(recurrent ? { state: hidden } : {}) }
        const h = g.map([linear(g, "hidden", heard, { channels: units, scale })], sigmoid)
        const actions = stackActions(g, "stack", h, options)
        for (const [name, share] of Object.entries(actions)) g.tap(`stack/${name}`, "gate", () => share)
        const moved = moveStacks(g, before, pushed(g, "stack", h, options), actions)
        // Values pushed deeper than the example's own length are dropped, so that the longer examples of a
        // block do not change the result.
        const after = own ? g.map([moved, own], (s, n) => select(less(coordinate(0), n), s, 0)) : moved
        return { state: recurrent ? [after, h] : [after], outputs: { hidden: h } }
      },
    })
    return { graph: g, outputs }
  },
  steps: stepsOverTime,
}
