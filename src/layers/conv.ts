// Convolution with bias, stride 1, zero padding: the pre-activation of every gate.

import { add } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { glorot } from "../core/params.ts"
import { convOp } from "../ops/conv.ts"
import { selectCopyOp } from "../ops/select-copy.ts"

export interface ConvOptions {
  /** Output channels. */
  readonly channels: number
  /** Kernel size along length and width; [1, 1] mixes channels only. */
  readonly kernel: readonly [number, number]
  readonly bias?: number
  /** Multiplies the Glorot bound. */
  readonly scale?: number
  /**
   * Copies of kernel and bias along a new first axis; step t of a scan uses copy t mod copies. Absent: a
   * single set without that axis.
   */
  readonly copies?: number
}

/** x [L, W, C] → [L, W, channels]. */
export function conv(
  g: Graph,
  name: string,
  x: Node,
  { channels, kernel, bias = 0, scale = 1, copies = 1 }: ConvOptions,
): Node {
  const shape = [...kernel, x.shape[2] as number, channels]
  const all = copies > 1 ? [copies] : []
  const w = g.parameter(`${name}/kernel`, [...all, ...shape], glorot(shape, scale), { copies })
  const b = g.parameter(`${name}/bias`, [...all, channels], { constant: bias }, { copies })
  const own = copies > 1 ? g.create(selectCopyOp, [b], {}) : b
  return g.map([g.create(convOp, [x, w], { transposed: false }), own], add)
}
