// The diagonal convolutional GRU [DNGPU §3]: hard non-linearities that reach 0 and ±1 exactly, a cost on
// saturation, and an update gate that also moves two thirds of the channels one place along the length.

import { abs, add, type Expr, hardSigmoid, hardTanh, mul, relu, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { shiftOp } from "../ops/shift.ts"
import { conv } from "./conv.ts"
import { type Noise, noisy } from "./noise.ts"

/** Pre-activations beyond ±0.9 add their excess to the cost [DNGPU code]. */
export const SATURATION_LIMIT = 0.9
/**
 * Initial gate biases: the reset gate lets the state in, and the update gate mostly keeps it [DNGPU code].
 */
export const RESET_BIAS = 0.5
export const UPDATE_BIAS = 0.7

export interface DcgruOptions {
  readonly kernel: readonly [number, number]
  /** Scale of the initial weights' bound. */
  readonly scale: number
  /** Copies of the parameters, for relaxation: step t uses copy t mod copies. */
  readonly copies?: number
  /** Dropout of the candidate, in training only. */
  readonly dropout?: ((candidate: Expr, keep: Expr) => Expr) | undefined
  readonly keep: Node
  /** Where the saturation cost begins, [1]; default: SATURATION_LIMIT. */
  readonly limit?: Node | undefined
  readonly noise?: Noise | undefined
}

/** The saturation cost Σ max(0, |pre-activation| − limit) over all elements of the example, [1, 1, 1]. */
export const saturation = (g: Graph, pre: Node, mask: Node, limit?: Node): Node =>
  sum(
    g,
    limit
      ? g.map([pre, mask, limit], (x, m, most) => mul(m, relu(sub(abs(x), most))))
      : g.map([pre, mask], (x, m) => mul(m, relu(sub(abs(x), SATURATION_LIMIT)))),
    [1, 1, 1],
  )

/**
 * One step: state [L, W, M] → next state [L, W, M] and the step's saturation cost [1, 1, 1]. `mask` [L, 1, 1]
 * is 0 outside the example.
 */
export function dcgru(g: Graph, name: string, s: Node, mask: Node, options: DcgruOptions): { state: Node; cost: Node } {
  const { dropout, noise, limit } = options
  const gate = (kind: string, x: Node, bias: number, number: number) => {
    const pre = conv(g, `${name}/${kind}`, x, {
      channels: s.shape[2] as number,
      kernel: options.kernel,
      bias,
      scale: options.scale,
      copies: options.copies ?? 1,
    })
    return noisy(g, pre, noise, number)
  }
  const reset = gate("reset", s, RESET_BIAS, 0)
  const update = gate("update", s, UPDATE_BIAS, 1)
  const kept = g.map([reset, s], (r, x) => mul(hardSigmoid(r), x))
  const candidate = gate("candidate", kept, 0, 2)
  const shifted = g.create(shiftOp, [s], { by: 1 })
  const state = g.map([update, shifted, candidate, mask, options.keep], (u, x, c, m, keep) => {
    const gate = hardSigmoid(u)
    const fresh = dropout ? dropout(hardTanh(c), keep) : hardTanh(c)
    return mul(m, add(mul(gate, x), mul(sub(1, gate), fresh)))
  })
  g.tap(`${name}/update`, "gate", () => g.map([update], hardSigmoid))
  g.tap(`${name}/reset`, "gate", () => g.map([reset], hardSigmoid))
  g.tap(`${name}/candidate`, "value", () => g.map([candidate], hardTanh))
  g.tap(`${name}/state`, "layer output", () => state)
  const costs = [reset, update, candidate].map((pre) => saturation(g, pre, mask, limit))
  return { state, cost: g.map(costs, (a, b, c) => add(add(a, b), c)) }
}
