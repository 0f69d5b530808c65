// The parts of a Neural Turing Machine [NTM]: the four stages of addressing, reading and writing. Shapes:
// memory [N, 1, M] has N slots of M numbers; a weighting over slots is [N, 1, 1]; vectors are [1, 1, M];
// scalars of a head are [1, 1, 1]. Unlike some short descriptions, it includes interpolation, sharpening and
// erasing.

import { add, div, exp, log, mul, sqrt, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { circularConvOp } from "../ops/circular-conv.ts"

/**
 * Added under the square root of the cosine, so that a vector of norm 1e-8 counts as zero. The code of
 * [Collier & Beel 2018] adds 1e-8 to the norms.
 */
const COSINE_FLOOR = 1e-16
/** Added before the logarithm in sharpening, which has no value at 0 [pytorch-ntm code]. */
const SHARPEN_FLOOR = 1e-16

/**
 * Stage 1, by content: softmax over slots of β·cos(k, M(i)) [NTM eqs 5, 6]. key [1, 1, M], strength [1, 1, 1]
 * → [N, 1, 1].
 */
export function contentWeights(g: Graph, memory: Node, key: Node, strength: Node): Node {
  const column = [memory.shape[0], 1, 1]
  const product = sum(g, g.map([memory, key], mul), column)
  const squares = sum(
    g,
    g.map([memory], (m) => mul(m, m)),
    column,
  )
  const square = sum(
    g,
    g.map([key], (k) => mul(k, k)),
    [1, 1, 1],
  )
  // β(cos − 1) ≤ 0 instead of β·cos gives the same weights without overflow.
  const large = g.map([product, squares, square, strength], (p, m, k, b) =>
    exp(mul(b, sub(div(p, sqrt(add(mul(m, k), COSINE_FLOOR))), 1))),
  )
  return g.map([large, sum(g, large, [1, 1, 1])], div)
}

/**
 * Stage 2: interpolates between the content weights and those of the previous step, g·w_c + (1 − g)·w'
 * [NTM eq. 7].
 */
export const interpolate = (g: Graph, content: Node, before: Node, gate: Node): Node =>
  g.map([content, before, gate], (c, w, x) => add(mul(x, c), mul(sub(1, x), w)))

/** Stage 3: rotates the weights over the slots by a distribution over shifts [1, 1, K] [NTM eq. 8]. */
export const shiftWeights = (g: Graph, weights: Node, shifts: Node): Node =>
  g.create(circularConvOp, [weights, shifts], { back: false })

/** Stage 4: w(i)^γ / Σ w(j)^γ, γ ≥ 1 [NTM eq. 9]. */
export function sharpen(g: Graph, weights: Node, gamma: Node): Node {
  const powers = g.map([weights, gamma], (w, y) => exp(mul(y, log(add(w, SHARPEN_FLOOR)))))
  return g.map([powers, sum(g, powers, [1, 1, 1])], div)
}

/** The controller's outputs that address one head. */
export interface Addressing {
  readonly key: Node
  readonly strength: Node
  readonly gate: Node
  readonly shifts: Node
  readonly gamma: Node
}

/** All four stages: from the weights of the previous step to the new ones, [N, 1, 1]. */
export function address(
  g: Graph,
  memory: Node,
  before: Node,
  { key, strength, gate, shifts, gamma }: Addressing,
): Node {
  const content = contentWeights(g, memory, key, strength)
  return sharpen(g, shiftWeights(g, interpolate(g, content, before, gate), shifts), gamma)
}

/** r = Σᵢ w(i) M(i), [1, 1, M] [NTM eq. 2]. */
export const readMemory = (g: Graph, memory: Node, weights: Node): Node =>
  sum(g, g.map([memory, weights], mul), [1, 1, memory.shape[2]])

export interface Writing {
  readonly weights: Node
  /** [1, 1, M], each number between 0 and 1. */
  readonly erase: Node
  readonly add: Node
}

/** All heads erase, M(i)·Π(1 − w(i)·e); then all add, + Σ w(i)·a [NTM eqs 3, 4]. */
export function writeMemory(g: Graph, memory: Node, heads: readonly Writing[]): Node {
  const erased = heads.reduce(
    (m, { weights, erase }) => g.map([m, weights, erase], (x, w, e) => mul(x, sub(1, mul(w, e)))),
    memory,
  )
  return heads.reduce((m, head) => g.map([m, head.weights, head.add], (x, w, a) => add(x, mul(w, a))), erased)
}
