// What must exist before a node is computed. A scan's body reads nodes from outside of it, which are not
// among its inputs.

import { carryOp, isOutside, type ReverseScan, reverseScanOp, scanOp } from "../core/graph.ts"
import { isOf, type Node } from "../core/op.ts"

/** Every node that must exist before this one, scans' readings from outside included. */
export function dependenciesOf(node: Node): readonly Node[] {
  if (isOf(node, scanOp)) return [...node.inputs, ...outsideOf(node.attributes.outputs, node.attributes.carries[0].id)]
  if (isOf(node, reverseScanOp)) {
    const { forward } = node.attributes
    return [...node.inputs, forward, ...outsideOf(bodyOf(node), forward.attributes.carries[0].id)]
  }
  return node.inputs
}

/** What a reverse scan computes at each step. */
const bodyOf = ({ attributes: { outputs, contributions } }: Node<ReverseScan>): Node[] => [
  ...outputs,
  ...contributions.map((c) => c.value),
]

/** Nodes created before `from` that the given ones are computed from. */
function outsideOf(nodes: readonly Node[], from: number): Node[] {
  const seen = new Set<Node>()
  const out: Node[] = []
  const visit = (n: Node): void => {
    if (seen.has(n)) return
    seen.add(n)
    if (isOutside(n, from)) out.push(n)
    else n.inputs.forEach(visit)
  }
  nodes.forEach(visit)
  return out
}

/** Forward nodes of a scan's body that its reverse reads and that are too dear to compute again. */
export function storedBy(reversed: Node<ReverseScan>): Node[] {
  const { forward } = reversed.attributes
  const [from, to] = [forward.attributes.carries[0].id, forward.id]
  const seen = new Set<Node>()
  const found: Node[] = []
  const visit = (n: Node): void => {
    if (seen.has(n) || isOutside(n, from)) return
    seen.add(n)
    if (n.id < to && n.op !== carryOp && !n.op.cheap) found.push(n)
    else n.inputs.forEach(visit)
  }
  bodyOf(reversed).forEach(visit)
  return found
}
