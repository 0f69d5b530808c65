// The convolutional GRU with gate cutoff [KS16 §2, §3]: s' = u·s + (1 − u)·tanh(U * (r·s) + B), u = σ'(U' * s
// + B'), r = σ'(U'' * s + B''). As in the paper, u keeps the old state; many descriptions of the GRU use the
// opposite sign.

import { add, type Expr, mul, sigmoidCutoff, sub, tanh } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { conv } from "./conv.ts"
import { type Noise, noisy } from "./noise.ts"

/** Initial bias of both gates [neural_gpu code]. */
export const GATE_BIAS = 1

export interface CgruOptions {
  readonly kernel: readonly [number, number]
  /** Gates are clip(cutoff·σ − (cutoff − 1)/2, 0, 1); 1 is a plain sigmoid. */
  readonly cutoff: number
  readonly scale: number
  /** Copies of the parameters, for relaxation: step t uses copy t mod copies. */
  readonly copies?: number
  readonly noise?: Noise | undefined
}

/** One layer: state [L, W, M] → next state [L, W, M]. */
export function cgru(g: Graph, name: string, s: Node, options: CgruOptions): Node {
  const { kernel, cutoff, scale, copies = 1, noise } = options
  const gate = (kind: string, x: Node, bias: number, number: number) => {
    const pre = conv(g, `${name}/${kind}`, x, { channels: s.shape[2] as number, kernel, bias, scale, copies })
    return noisy(g, pre, noise, number)
  }
  const update = gate("update", s, GATE_BIAS, 0)
  const updated = (pre: Expr) => sigmoidCutoff(pre, cutoff)
  const reset = gate("reset", s, GATE_BIAS, 1)
  const candidate = gate(
    "candidate",
    g.map([reset, s], (r, x) => mul(sigmoidCutoff(r, cutoff), x)),
    0,
    2,
  )
  g.tap(`${name}/update`, "gate", () => g.map([update], updated))
  g.tap(`${name}/reset`, "gate", () => g.map([reset], (pre) => sigmoidCutoff(pre, cutoff)))
  g.tap(`${name}/candidate`, "value", () => g.map([candidate], tanh))
  const next = g.map([update, s, candidate], (pre, x, c) => {
    const u = updated(pre)
    return add(mul(u, x), mul(sub(1, u), tanh(c)))
  })
  g.tap(`${name}/state`, "layer output", () => next)
  return next
}
