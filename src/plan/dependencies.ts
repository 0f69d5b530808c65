// What must be computed before a node. A scan's body reads outside nodes that are not among the scan's
// inputs.

import { carryOp, isOutside, type ReverseScan, reverseScanOp, scanOp } from "../core/graph.ts"
import { isOf, type Node } from "../core/op.ts"

/** All nodes that must be computed before this one, including those that a scan's body reads. */
export function dependenciesOf(node: Node): readonly Node[] {
  if (isOf(node, scanOp)) return [...node.inputs, ...outsideOf(node.attributes.outputs, node.attributes.carries[0].id)]
  if (isOf(node, reverseScanOp)) {
    const { forward } = node.attributes
    return [...node.inputs, forward, ...outsideOf(bodyOf(node), forward.attributes.carries[0].id)]
  }
  return node.inputs
}

/** The nodes that a reverse scan computes at each step. */
const bodyOf = ({ attributes: { outputs, contributions } }: Node<ReverseScan>): Node[] => [
  ...outputs,
  ...contributions.map((c) => c.value),
]

/** The nodes created before `from` that these nodes depend on. */
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

/** Nodes of a forward scan's body that the reverse scan reads and that are too expensive to recompute. */
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
