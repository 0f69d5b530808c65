// Sequence models: a recurrent cell runs over time, one place per step, and its outputs form the answer.
//
// Vectors: step t reads place t and answers place t; the input `weight` marks the places that count. Symbols:
// the cell reads the n symbols of a question, one per step, then answers in n more steps. In those its input
// is empty except for an "answer" flag; its previous answers are not fed back. Places beyond the n of an
// example have weight 0.

import { add, coordinate, type Expr, equal, less, mul, neg, select, softplus, step, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import type { Role } from "../core/role.ts"
import { linear } from "../layers/linear.ts"
import { gatherRowOp } from "../ops/gather-row.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import { type ModelOutputs, modelInputs, type Signature, vectorInputs } from "./model.ts"

/** A recurrent cell: its initial state and one step. */
export interface Cell {
  readonly begin: readonly Node[]
  /** Names and roles of the state's tensors in traces; by default, memory. */
  readonly shows?: readonly { readonly name: string; readonly role: Role }[]
  /**
   * `x` [1, 1, C] and the state → the next state, and by name the vectors from which the answer is computed.
   * `own` [1, 1, 1] is the example's own length, which may be less than that of the block.
   */
  step(x: Node, state: readonly Node[], own?: Node): { state: readonly Node[]; outputs: Readonly<Record<string, Node>> }
}

/** Scan steps for `length` places: twice as many if the answer comes after the question. */
export const stepsOverTime = ({ kind }: Signature, length: number): number => (kind === "symbols" ? 2 * length : length)

/** Runs a cell over the example and computes the cross-entropy of its answer. */
export function overTime(g: Graph, signature: Signature, cell: Cell): ModelOutputs {
  switch (signature.kind) {
    case "symbols":
      return overSymbols(g, signature.symbols, cell)
    case "vectors":
      return overVectors(g, signature.width, signature.answer, cell)
    case "images":
      throw new Error("a sequence model cannot read images")
  }
}

function overVectors(g: Graph, width: number, channels: number, cell: Cell): ModelOutputs {
  const { input, target, weight } = vectorInputs(g, width, channels)
  const logits = answers(g, channels, cell, () => g.create(gatherRowOp, [input], {}), undefined)
  // −log of the probability of the target bit
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

/** Logits [L, 1, channels]. Step t answers place t, or place t − `after`. */
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
