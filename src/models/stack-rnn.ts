// The stack RNN that the Neural GPU was compared with [Joulin & Mikolov 2015; KS16, §3.1]: a hidden layer that reads a place of the input and the tops of
// some stacks, h = σ(U x + P tops (+ R h)), and decides how much each of them is pushed and popped.

import { must, whole } from "../core/checks.ts"
import { coordinate, less, select, sigmoid } from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { linear } from "../layers/linear.ts"
import { moveStacks, pushed, stackActions, tops } from "../layers/stack.ts"
import type { ModelFamily } from "./model.ts"
import { overTime, stepsOverTime } from "./over-time.ts"

export interface StackRnnOptions {
  /** Numbers in the hidden layer. */
  readonly units: number
  readonly stacks: number
  /** Values of each stack, from its top on, that the hidden layer reads. */
  readonly depth: number
  /** The hidden layer also reads itself; if not, all memory is in the stacks. */
  readonly recurrent: boolean
  /** A trained model takes the likeliest action whole. */
  readonly rounding: boolean
  /** Multiplies the bound of initial weights. */
  readonly initScale: number
}

export const stackRnnFamily: ModelFamily<"stack-rnn", StackRnnOptions> = {
  name: "stack-rnn",
  summary: "a hidden layer that pushes and pops several continuous stacks: the paper's other baseline",
  // as its code adds binary numbers [Stack-RNN code, train_add: 100, 10, 2, no recurrence but through stacks, soft actions]
  defaults: { units: 100, stacks: 10, depth: 2, recurrent: false, rounding: false, initScale: 1 },
  techniques: [],
  learns: ["symbols", "vectors"],
  check({ units, stacks, depth, recurrent, rounding, initScale }) {
    must("model.units", units, whole(units, 1) && units <= 4096, "a whole number from 1 to 4096")
    must("model.stacks", stacks, whole(stacks, 1) && stacks <= 256, "a whole number from 1 to 256")
    must("model.depth", depth, whole(depth, 1) && depth <= 16, "a whole number from 1 to 16")
    must("model.recurrent", recurrent, typeof recurrent === "boolean", "true or false")
    must("model.rounding", rounding, typeof rounding === "boolean", "true or false")
    must("model.initScale", initScale, initScale > 0, "a number above 0")
  },
  build({ units, stacks, depth, recurrent, rounding, initScale: scale }, signature, { training }) {
    const g = new Graph()
    const options = { stacks, rounding: rounding && !training, scale }
    // as deep as the example is long: nobody needs to keep more than was read (the code has a constant, 200)
    const empty = g.zeros(["L", 1, stacks])
    const outputs = overTime(g, signature, {
      begin: recurrent ? [empty, g.zeros([1, 1, units])] : [empty],
      names: ["stacks", "hidden"],
      step(x, [before, hidden], own) {
        const read = Object.fromEntries(tops(g, before, depth).map((top, i) => [`top${i}`, top]))
        const heard = { input: x, ...read, ...(recurrent ? { state: hidden } : {}) }
        const h = g.map([linear(g, "hidden", heard, { channels: units, scale })], sigmoid)
        const actions = stackActions(g, "stack", h, options)
        for (const [name, share] of Object.entries(actions)) g.watch(`stack/${name}`, () => share)
        const moved = moveStacks(g, before, pushed(g, "stack", h, options), actions)
        // what is pushed beyond an example's own depth falls off, whatever longer ones stand beside it
        const after = own ? g.map([moved, own], (s, n) => select(less(coordinate(0), n), s, 0)) : moved
        return { state: recurrent ? [after, h] : [after], outputs: { hidden: h } }
      },
    })
    return { graph: g, outputs }
  },
  steps: stepsOverTime,
}
