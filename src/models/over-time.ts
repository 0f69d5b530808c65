// Sequence models: a recurrent cell goes over time, one place a step, and its outputs become the answer.
//
// Vectors: step t reads place t and answers place t; the task's own layout says where an answer is asked for (input `weight`).
// Symbols: the cell reads the n symbols of a question, one a step, and then answers in n more steps, in which its input is empty but for a flag that
// says "answer". It is not told what it answered before. Places beyond an example's own n count nothing.

import { add, coordinate, type Expr, equal, less, mul, neg, select, softplus, step, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import type { Role } from "../core/role.ts"
import { linear } from "../layers/linear.ts"
import { gatherRowOp } from "../ops/gather-row.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import { type ModelOutputs, modelInputs, type Signature, vectorInputs } from "./model.ts"

/** A recurrent cell: how its state begins, and one step. */
export interface Cell {
  readonly begin: readonly Node[]
  /** What the tensors of the state are in traces; plain memory unless said. */
  readonly shows?: readonly { readonly name: string; readonly role: Role }[]
  /** `x` [1, 1, C] and the state → the next state, and the vectors that the answer is read off, by name. `own` [1, 1, 1]: the places of the example
   *  itself, where examples of other lengths stand beside it. */
  step(x: Node, state: readonly Node[], own?: Node): { state: readonly Node[]; outputs: Readonly<Record<string, Node>> }
}

/** Steps for `length` places: as many again for the answer, where it comes after the question. */
export const stepsOverTime = ({ kind }: Signature, length: number): number => (kind === "symbols" ? 2 * length : length)

/** Runs a cell over the example; cross-entropy of what it answers. */
export function overTime(g: Graph, signature: Signature, cell: Cell): ModelOutputs {
  switch (signature.kind) {
    case "symbols":
      return overSymbols(g, signature.symbols, cell)
    case "vectors":
      return overVectors(g, signature.width, signature.answer, cell)
    case "images":
      throw new Error("a model over time reads no images")
  }
}

function overVectors(g: Graph, width: number, channels: number, cell: Cell): ModelOutputs {
  const { input, target, weight } = vectorInputs(g, width, channels)
  const logits = answers(g, channels, cell, () => g.create(gatherRowOp, [input], {}), undefined)
  // −log of the probability that the bit's sigmoid gives to the target
  return outputs(g, logits, [target, weight], (z, t, w) => mul(w, sub(softplus(z), mul(t, z))))
}

function overSymbols(g: Graph, V: number, cell: Cell): ModelOutputs {
  const { symbols, target, weight, steps: own } = modelInputs(g)
  const read = () =>
    g.map(
      [g.create(gatherRowOp, [symbols], {}), own],
      (symbol, n) => {
        const reading = less(step, n)
        return select(less(coordinate(2), V), mul(reading, equal(symbol, coordinate(2))), sub(1, reading))
      },
      [1, 1, V + 1],
    )
  const logits = g.create(logSoftmaxOp, [answers(g, V, cell, read, own)], {})
  return outputs(g, logits, [target, weight], (p, t, w) => mul(w, select(equal(t, coordinate(2)), neg(p), 0)))
}

/** [L, 1, channels]: the answer of step t stands at place t, or at t − `after`. */
function answers(g: Graph, channels: number, cell: Cell, read: () => Node, after: Node | undefined): Node {
  const [answer] = g.scan([g.zeros(["L", 1, channels]), ...cell.begin], ([answer, ...state]) => {
    g.tap("answer", "value", () => answer)
    for (const [i, tensor] of state.entries()) {
      const memory = { name: state.length === 1 ? "state" : `state ${i}`, role: "memory" } as const
      const { name, role } = cell.shows?.[i] ?? memory
      g.tap(name, role, () => tensor)
    }
    const next = cell.step(read(), state, after)
    const now = linear(g, "output", next.outputs, { channels })
    const write = (before: Expr, now: Expr, n: Expr | number = 0) =>
      select(equal(coordinate(0), sub(step, n)), now, before)
    return [g.map(after ? [answer, now, after] : [answer, now], write), ...next.state]
  })
  return answer
}

function outputs(g: Graph, logits: Node, others: readonly Node[], entropy: (...x: Expr[]) => Expr): ModelOutputs {
  const error = sum(g, g.map([logits, ...others], entropy), [1, 1, 1])
  const cost = g.zeros([1, 1, 1])
  return { logits, error, cost, loss: g.map([error, cost], add) }
}
