// Reverse-mode differentiation. Each op defines the gradients of its inputs; a scan becomes a reverse scan,
// whose body is the reverse of the forward body. Gradients of shared tensors are not nodes but contributions:
// the planner adds them to one accumulator per tensor.

import { add, constant } from "./expr.ts"
import {
  type Contribution,
  carryOp,
  type Graph,
  inputOp,
  isOutside,
  type ReverseScan,
  resultOp,
  type Scan,
  scanOp,
} from "./graph.ts"
import { isOf, type Node } from "./op.ts"

export interface Gradients {
  /** Terms to add up per shared tensor and over lanes. Each reverse scan holds its own terms. */
  readonly contributions: readonly Contribution[]
  /** The reverse scans, in backward order. */
  readonly reverseScans: readonly Node<ReverseScan>[]
  /** The gradient of a lane node, or undefined if none reaches it. */
  of(node: Node): Node | undefined
}

/** Differentiates the sum of `loss` [1] over examples with respect to every trainable tensor. */
export function grad(g: Graph, loss: Node): Gradients {
  const one = g.mapExpr([], constant(1), loss.shape)
  const backward = reverse(g, new Map([[loss, one]]), needsGradient())
  return { ...backward, of: (node) => backward.adjoints.get(node) }
}

type Needs = (node: Node) => boolean

/** Whether a node depends on a trainable tensor. Carries count as if they did. */
function needsGradient(): Needs {
  const memo = new Map<Node, boolean>()
  const needs = (node: Node): boolean => {
    const known = memo.get(node)
    if (known !== undefined) return known
    const out = isOf(node, inputOp)
      ? node.attributes.role === "parameter"
      : node.op === carryOp || node.inputs.some(needs) || (isOf(node, scanOp) && scanReads(node).some(needs))
    memo.set(node, out)
    return out
  }
  return needs
}

/** The nodes outside a scan's body that the body reads, in order of creation. */
export function scanReads(scan: Node<Scan>): Node[] {
  const first = scan.attributes.carries[0].id
  const seen = new Set<Node>()
  const outside = new Set<Node>()
  const visit = (node: Node) => {
    if (seen.has(node)) return
    seen.add(node)
    if (isOutside(node, first)) outside.add(node)
    else node.inputs.forEach(visit)
  }
  scan.attributes.outputs.forEach(visit)
  return [...outside].sort((a, b) => a.id - b.id)
}

/** Propagates adjoints from the seeds back to the inputs, or to node `from` inside a body. */
function reverse(g: Graph, adjoints: Map<Node, Node>, needs: Needs, from = 0) {
  const contributions: Contribution[] = []
  const reverseScans: Node<ReverseScan>[] = []
  const give = (to: Node, value: Node | undefined) => {
    if (!value || !needs(to)) return
    if (to.kind === "shared") {
      if (!isOf(to, inputOp)) throw new Error(`grad: ${to.op.name} ${to.id} is shared, expected an input`)
      return contributions.push({ to, value })
    }
    const before = adjoints.get(to)
    adjoints.set(to, before ? sum(g, before, value) : value)
  }
  const scanAdjoints = new Map<Node<Scan>, (Node | undefined)[]>()
  const last = Math.max(...[...adjoints.keys()].map((n) => n.id))
  for (let id = last; id >= from; id--) {
    const node = g.nodes[id]
    if (isOf(node, scanOp)) {
      const results = scanAdjoints.get(node)
      if (results) reverseScans.push(reverseOfScan(g, node, results, needs, give))
      continue
    }
    const adjoint = adjoints.get(node)
    if (!adjoint || !needs(node)) continue
    if (isOf(node, resultOp)) {
      const [scan] = node.inputs
      if (!isOf(scan, scanOp)) throw new Error("grad: second derivatives of a scan are not supported")
      const results = scanAdjoints.get(scan) ?? []
      results[node.attributes.index] = adjoint
      scanAdjoints.set(scan, results)
    } else node.op.gradient(g, node, adjoint).forEach((value, i) => give(node.inputs[i], value))
  }
  return { adjoints, contributions, reverseScans }
}

function reverseOfScan(
  g: Graph,
  scan: Node<Scan>,
  results: readonly (Node | undefined)[],
  needs: Needs,
  give: (to: Node, value: Node | undefined) => void,
): Node<ReverseScan> {
  const { carries, outputs } = scan.attributes
  const read = scanReads(scan).filter((n) => n.kind === "lane" && needs(n))
  const seeds = carries.map((n, i) => results[i] ?? g.zeros(n.shape))
  const zeros = read.map((n) => g.zeros(n.shape))
  const incoming = [...carries, ...read].map((n, i) => g.adjoint(i, n.shape))
  const start = new Map<Node, Node>()
  outputs.forEach((out, i) => {
    const before = start.get(out)
    start.set(out, before ? sum(g, before, incoming[i]) : incoming[i])
  })
  const body = reverse(g, start, needs, carries[0].id)
  const outgoing = [
    ...carries.map((n) => body.adjoints.get(n) ?? g.zeros(n.shape)),
    ...read.map((n, i) => {
      const more = body.adjoints.get(n)
      return more ? sum(g, incoming[carries.length + i], more) : incoming[carries.length + i]
    }),
  ]
  const node = g.reverseScan([...seeds, ...zeros], {
    forward: scan,
    adjoints: incoming,
    outputs: outgoing,
    contributions: body.contributions,
  })
  const out = g.results(node, incoming)
  scan.inputs.forEach((init, i) => give(init, out[i]))
  read.forEach((n, i) => give(n, out[carries.length + i]))
  return node
}

/** a + b. An op that accepts a summand, such as a convolution, saves the extra pass. */
const sum = (g: Graph, a: Node, b: Node): Node => b.op.plus?.(g, b, a) ?? a.op.plus?.(g, a, b) ?? g.map([a, b], add)
