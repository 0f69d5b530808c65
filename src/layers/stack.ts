// Continuous stacks [Stack-RNN §3.2]. Every step pushes, pops and keeps with weights that sum to 1, so
// actions have a gradient:
//   s'(0) = push·σ(D h) + pop·s(1) + no-op·s(0),   s'(i) = push·s(i − 1) + pop·s(i + 1) + no-op·s(i)
// Stacks are [D, 1, S]: S stacks of D places, with the tops at place 0. An empty place is −1 in the paper.
// Here every place stores its value + 1, so the zeros that enter from below are empty places.

import { add, coordinate, div, equal, exp, less, max, mul, select, sigmoid, sub } from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { shiftOp } from "../ops/shift.ts"
import { linear } from "./linear.ts"

/** The value that an empty place reads as [Stack-RNN §3.2]. */
export const EMPTY = -1

/** The weights of each stack's three actions, [1, 1, S]. */
export interface StackActions {
  readonly push: Node
  readonly pop: Node
  readonly keep: Node
}

export interface StackOptions {
  readonly stacks: number
  /** Take only the likeliest action, with weight 1. */
  readonly rounding?: boolean
  readonly scale?: number
}

/**
 * softmax(A h) for each stack; h [1, 1, C] → weights [1, 1, S]. Parameters `name/push`, `name/pop`,
 * `name/no-op`.
 */
export function stackActions(
  g: Graph,
  name: string,
  h: Node,
  { stacks, rounding = false, scale = 1 }: StackOptions,
): StackActions {
  const [push, pop, keep] = ["push", "pop", "no-op"].map((action) =>
    linear(g, `${name}/${action}`, { state: h }, { channels: stacks, scale }),
  )
  if (rounding) {
    const first = g.map([push, pop, keep], (a, b, c) => sub(1, less(a, max(b, c))))
    const second = g.map([first, pop, keep], (a, b, c) => mul(sub(1, a), sub(1, less(b, c))))
    return { push: first, pop: second, keep: g.map([first, second], (a, b) => sub(sub(1, a), b)) }
  }
  // The largest score is subtracted first, so that no exponential overflows.
  const top = g.map([push, pop, keep], (a, b, c) => max(a, max(b, c)))
  const large = [push, pop, keep].map((x) => g.map([x, top], (a, m) => exp(sub(a, m))))
  const total = g.map(large, (a, b, c) => add(a, add(b, c)))
  const [first, second, third] = large.map((x) => g.map([x, total], div))
  return { push: first, pop: second, keep: third }
}

/** The stacks after one step, [D, 1, S]. `value` [1, 1, S] is pushed. */
export function moveStacks(g: Graph, stacks: Node, value: Node, { push, pop, keep }: StackActions): Node {
  const [down, up] = ([1, -1] as const).map((by) => g.create(shiftOp, [stacks], { by, all: true }))
  return g.map([stacks, down, up, value, push, pop, keep], (same, above, below, v, p, o, n) =>
    add(mul(p, select(equal(coordinate(0), 0), sub(v, EMPTY), above)), add(mul(o, below), mul(n, same))),
  )
}

/** The value to push, σ(D h), [1, 1, S]. Parameter `name/value`. */
export const pushed = (g: Graph, name: string, h: Node, { stacks, scale = 1 }: StackOptions): Node =>
  g.map([linear(g, `${name}/value`, { state: h }, { channels: stacks, scale })], sigmoid)

/** The `depth` topmost values of all stacks, top first, [1, 1, S] each. */
export const tops = (g: Graph, stacks: Node, depth: number): Node[] =>
  Array.from({ length: depth }, (_, i) => {
    const held = g.map([stacks], (s) => select(equal(coordinate(0), i), s, 0))
    return g.map([sum(g, held, [1, 1, stacks.shape[2]])], (s) => add(s, EMPTY))
  })
