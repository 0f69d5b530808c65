// Extracts part of a graph as a new graph, in which chosen nodes become inputs. A scan becomes three graphs:
// before the loop, one step, after it. A trace can then pause, change and continue a model after any step, on
// every backend, without support from the backend.

import { type Expr, input as operand, operands, rewrite } from "../core/expr.ts"
import { carryOp, Graph, inputOp, resultOp, reverseScanOp, type Scan, scanOp } from "../core/graph.ts"
import { mapOp } from "../core/map.ts"
import { isOf, type Node } from "../core/op.ts"

/** Nodes to compute, by name. */
export type Outputs = Readonly<Record<string, Node>>

export interface Part {
  readonly graph: Graph
  readonly outputs: Outputs
}

/** The lane input [1] that holds the step number, in a part that was a scan's body. */
export const STEP = "step"
/** The name of a carry as an input of a part; `nextName` is that as an output. */
export const carryName = (index: number): string => `carry ${index}`
export const nextName = (index: number): string => `next ${index}`

/**
 * Copies the nodes that the outputs depend on. Nodes in `given` become lane inputs with these names. `body`
 * means that the part is a scan's body.
 */
export function cut(outputs: Outputs, given: ReadonlyMap<Node, string>, body = false): Part {
  const graph = new Graph()
  const copies = new Map<Node, Node>()
  const lanes = new Map<string, Node>()
  const lane = (name: string, node: Pick<Node, "shape">): Node => {
    const known = lanes.get(name) ?? graph.lane(name, node.shape)
    lanes.set(name, known)
    return known
  }
  const copyOf = (node: Node): Node => {
    const known = copies.get(node)
    if (known) return known
    const made = make(node)
    copies.set(node, made)
    return made
  }
  const make = (node: Node): Node => {
    const name = given.get(node)
    if (name !== undefined) return lane(name, node)
    if (isOf(node, inputOp)) {
      const input = node.attributes
      if (input.role === "lane") return lane(input.name, node)
      if (input.role === "setting") return graph.setting(input.name, input.value)
      return graph.parameter(input.name, input.shape, input.init, { copies: input.copies })
    }
    const [of] = node.inputs
    if (!body && isOf(node, resultOp) && isOf(of, scanOp)) return scanned(of)[node.attributes.index]
    if ([scanOp, reverseScanOp, resultOp, carryOp].some((op) => isOf<unknown>(node, op)))
      throw new Error(`cut: the part reads ${node.op.name} ${node.id}, expected it to be given`)
    const inputs = node.inputs.map(copyOf)
    if (body && node.op.atStep) return node.op.atStep(graph, inputs, lane(STEP, { shape: [1] }))
    if (!isOf(node, mapOp)) return graph.create(node.op, inputs, node.attributes)
    const { expr, shape } = node.attributes
    if (!body || !readsStep(expr)) return graph.mapExpr(inputs, expr, shape)
    const counted = rewrite(expr, (leaf) => (leaf.op === "step" ? operand(inputs.length) : leaf))
    return graph.mapExpr([...inputs, lane(STEP, { shape: [1] })], counted, shape)
  }
  /** Copies an earlier scan as a whole, with its body, and returns its results. */
  const scans = new Map<Node, Node[]>()
  const scanned = (scan: Node<Scan>): Node[] => {
    const known = scans.get(scan)
    if (known) return known
    const { carries, outputs } = scan.attributes
    const first = carries[0].id
    const seen = new Set<Node>()
    const outside = (node: Node): void => {
      if (seen.has(node)) return
      seen.add(node)
      if (node.id < first) copyOf(node)
      else node.inputs.forEach(outside)
    }
    outputs.forEach(outside) // nodes that the body reads from outside must stay outside
    const results = graph.scan(scan.inputs.map(copyOf), (own) => {
      for (const [i, carry] of carries.entries()) copies.set(carry, own[i])
      return outputs.map(copyOf)
    })
    scans.set(scan, results)
    return results
  }
  return { graph, outputs: Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, copyOf(node)])) }
}

const readsStep = (expr: Expr): boolean => expr.op === "step" || operands(expr).some(readsStep)

export interface ScanParts {
  /** Outputs: the initial carries. */
  readonly begin: Part
  /** Inputs: carries and STEP. Outputs: the next carries and the taps. */
  readonly step: Part
  /** Inputs: the final carries. Outputs: those of the original graph. */
  readonly end: Part
  /** Carry indices of the taps that are carries. The other taps are outputs of `step`. */
  readonly carried: ReadonlyMap<string, number>
}

/**
 * Splits a graph at its last scan, including the taps (`Graph.tap`). Results of earlier scans are computed in
 * `begin` and passed on as carries that do not change. Throws if there is no scan.
 */
export function extractScan(g: Graph, outputs: Outputs): ScanParts {
  const scan = g.nodes.findLast((n) => isOf(n, scanOp))
  if (!scan) throw new Error("trace: the model has no scan, expected at least one")
  const earlier = g.nodes.filter((n) => n.op === resultOp && n.inputs[0] !== scan)
  const { carries } = scan.attributes
  const carried = new Map<string, number>()
  const watched: Record<string, Node> = {}
  for (const [name, { make }] of g.taps) {
    const node = make()
    const index = carries.indexOf(node)
    if (index >= 0) carried.set(name, index)
    else watched[name] = node
  }
  const named = (nodes: readonly Node[]) => Object.fromEntries(nodes.map((n, i) => [nextName(i), n]))
  const given = (nodes: readonly Node[]) => new Map([...nodes, ...earlier].map((n, i) => [n, carryName(i)]))
  // In the order of their indices.
  const results = g.nodes.filter((n) => n.op === resultOp && n.inputs[0] === scan)
  const same = earlier.map((n) => g.mapExpr([n], operand(0), n.shape))
  return {
    begin: cut(named([...scan.inputs, ...same]), new Map()),
    step: cut({ ...named([...scan.attributes.outputs, ...same]), ...watched }, given(carries), true),
    end: cut(outputs, given(results)),
    carried,
  }
}
