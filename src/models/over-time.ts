// Sequence models: a recurrent cell goes over time, one place a step, and its outputs become the answer.
//
// Symbols: the cell reads the n symbols of a question, one a step, and then answers in n more steps, in which its input is empty but for a flag that
// says "answer". It is not told what it answered before. Places beyond an example's own n count nothing (input `weight`).

import { add, coordinate, equal, less, mul, neg, select, step, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { linear } from "../layers/linear.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import { rowOp } from "../ops/row.ts"
import { type ModelOutputs, modelInputs, type Signature } from "./model.ts"

/** A recurrent cell: how its state begins, and one step. */
export interface Cell {
  readonly begin: readonly Node[]
  /** `x` [1, 1, C] and the state → the next state, and the vectors that the answer is read off, by name. */
  step(x: Node, state: readonly Node[]): { state: readonly Node[]; outputs: Readonly<Record<string, Node>> }
}

/** Steps for `length` places: as many again for the answer. */
export const stepsOverTime = (_: Signature, length: number): number => 2 * length

/** Runs a cell over the example; cross-entropy of what it answers. */
export function overTime(g: Graph, { symbols: V }: Signature, cell: Cell): ModelOutputs {
  const { symbols, target, weight, steps: own } = modelInputs(g)
  const [answer] = g.scan([g.zeros(["L", 1, V]), ...cell.begin], ([answer, ...state]) => {
    g.watch("answer", () => answer)
    for (const [i, tensor] of state.entries()) g.watch(state.length === 1 ? "state" : `state ${i}`, () => tensor)
    const x = g.map(
      [g.create(rowOp, [symbols], {}), own],
      (symbol, n) => {
        const reading = less(step, n)
        return select(less(coordinate(2), V), mul(reading, equal(symbol, coordinate(2))), sub(1, reading))
      },
      [1, 1, V + 1],
    )
    const next = cell.step(x, state)
    const pre = linear(g, "output", next.outputs, { channels: V })
    // step n + p answers place p
    const written = g.map([answer, pre, own], (before, now, n) =>
      select(equal(coordinate(0), sub(step, n)), now, before),
    )
    return [written, ...next.state]
  })
  const logits = g.create(logSoftmaxOp, [answer], {})
  const error = sum(
    g,
    g.map([logits, target, weight], (p, t, w) => mul(w, select(equal(t, coordinate(2)), neg(p), 0))),
    [1, 1, 1],
  )
  const cost = g.zeros([1, 1, 1])
  return { logits, error, cost, loss: g.map([error, cost], add) }
}
