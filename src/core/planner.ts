// How a graph becomes instructions: ordered, fused and placed.
//
// Rules, all of them:
// 1. Maps are fused: a map is computed where it is read, unless something that is not a map or a sum reads it, or it is dear and broadcast.
//    Maps of one shape whose operands are ready at one point become one kernel.
// 2. What the backward pass of a scan needs is stored for every step if it is a contraction, and computed again if it is cheap
//    (maps, shifts). With memory "recompute" only the carries are stored, and contractions are computed again too.
// 3. Gradients of shared tensors go to one accumulator a tensor, one number a lane; lanes are summed at the end. Where an op says so
//    (`acrossSteps`), a scan keeps the operands of its contribution for every step, and it is computed once, after the loop.

import { mapKernel, sumKernel } from "../kernel/elementwise.ts"
import { constant, coordinate, type Expr, input, inputsOf, rewrite } from "./expr.ts"
import { isDear, usesRandom } from "./fusion.ts"
import { grad } from "./grad.ts"
import {
  type Contribution,
  type Graph,
  inputOp,
  isOutside,
  type ReverseScan,
  resultOp,
  reverseScanOp,
  type Scan,
  scanOp,
} from "./graph.ts"
import { keyOf, opKernel, sumLanesSpec, zeroSpec } from "./kernel-specs.ts"
import { mapOp, sumOp } from "./map.ts"
import type { Node } from "./op.ts"
import type { Buffer, Instruction, Place, Plan, PlanOptions, SharedTensor, Slot, Slots } from "./plan.ts"
import { type Shape, sameShape, show, sizeAt } from "./shape.ts"

interface Root {
  readonly node: Node
  readonly place: Place
}
interface Item {
  readonly nodes: Node[] // one, or a group of maps of one shape
  readonly accumulate: boolean
}
type External = (node: Node) => Place | undefined

export class Planner {
  readonly g: Graph
  readonly options: PlanOptions
  readonly buffers: Buffer[] = []
  readonly top = new Map<Node, Place>()
  readonly stored = new Map<Node, Place>() // inside scan bodies, by forward node
  readonly histories = new Map<Node, Buffer[]>() // by scan
  readonly accumulators = new Map<Node, Place>()
  readonly reverseOf = new Map<Node, Node<ReverseScan>>()

  constructor(g: Graph, options: PlanOptions) {
    this.g = g
    this.options = options
  }

  buffer(name: string, shape: Shape, slots: Slots, region: Buffer["region"], lane = true): Buffer {
    const buffer = { name, shape, slots, region, lane }
    this.buffers.push(buffer)
    return buffer
  }

  /** A buffer for a tensor of every step of a scan. One number an example, a sum over steps perhaps, keeps its bits: it costs nothing. */
  keptBuffer(name: string, shape: Shape, slots: Slots, kept: "values" | "gradients" = "values"): Buffer {
    if (sizeAt(shape, 2) === 1) return this.buffer(name, shape, slots, "arena")
    const buffer = { name, shape, slots, region: "arena" as const, lane: true, kept }
    this.buffers.push(buffer)
    return buffer
  }

  plan(): Plan {
    const { outputs, loss } = this.options
    const gradients = loss ? grad(this.g, loss) : undefined
    for (const node of gradients?.reverseScans ?? []) this.reverseOf.set(node.attributes.forward, node)
    const results = Object.entries(outputs).map(([name, node]) => ({
      node,
      buffer: this.buffer(name, node.shape, "one", "io"),
    }))

    const leaves = this.g.nodes.filter((n) => n.op === inputOp)
    const sharedNodes = leaves
      .filter((n) => n.kind === "shared")
      .sort((a, b) => +b.attributes.trainable - +a.attributes.trainable)
    const all = this.buffer("shared", [0], "one", "shared", false)
    const shared: SharedTensor[] = []
    let offset = 0
    for (const node of sharedNodes) {
      const { name, shape, trainable, init, copies } = node.attributes
      const size = sizeAt(shape, 0)
      shared.push({ name, shape, size, offset, trainable, init, copies })
      this.top.set(node, { buffer: all, slot: "first", element: offset })
      offset += size
    }
    const trainableSize = shared.filter((s) => s.trainable).reduce((sum, s) => sum + s.size, 0)
    const inputs = leaves
      .filter((n) => n.kind === "lane")
      .map((node) => {
        const buffer = this.buffer(node.attributes.name, node.shape, "one", "io")
        this.top.set(node, first(buffer))
        return buffer
      })

    const before: Instruction[] = []
    const after: Instruction[] = []
    let gradient: Buffer | undefined
    if (gradients) {
      const accumulator = this.buffer("accumulators", [trainableSize], "one", "arena")
      gradient = this.buffer("gradient", [trainableSize], "one", "io", false)
      for (const node of sharedNodes) {
        const place = this.top.get(node) as Place
        if (node.attributes.trainable)
          this.accumulators.set(node, { buffer: accumulator, slot: "first", element: place.element })
      }
      before.push({ k: "call", kernel: zeroSpec(trainableSize), places: [first(accumulator)] })
      after.push({ k: "call", kernel: sumLanesSpec(trainableSize), places: [first(accumulator), first(gradient)] })
    }
    const roots = results.map(({ node, buffer }) => ({ node, place: first(buffer) }))
    const body = this.block(
      roots,
      gradients?.contributions ?? [],
      gradients?.reverseScans ?? [],
      (node) => this.top.get(node),
      this.top,
    )
    return {
      graph: this.g,
      options: this.options,
      gradients,
      shared,
      sharedSize: offset,
      trainableSize,
      inputs,
      outputs: results.map((r) => r.buffer),
      gradient,
      buffers: this.buffers,
      instructions: [...before, ...body, ...after],
    }
  }

  /** Instructions that fill the roots and add the contributions. `keep` records where nodes are, and keeps them there. */
  block(
    wanted: readonly Root[],
    contributions: readonly Contribution[],
    scans: readonly Node[],
    external: External,
    keep?: Map<Node, Place>,
  ): Instruction[] {
    const places = new Map<Node, Place>()
    for (const { node, place } of wanted) {
      // a node that lives elsewhere, or is wanted twice, is copied
      const own = external(node) || places.has(node) || node.op === resultOp ? this.g.map([node], (x) => x) : node
      places.set(own, place)
    }
    const accumulating = new Set<Node>()
    for (const { to, value } of contributions) {
      places.set(value, this.accumulators.get(to) as Place)
      accumulating.add(value)
    }

    // what is needed, and what of it gets a buffer
    const needed = new Set<Node>()
    const outside = (node: Node) => external(node) !== undefined
    const visit = (node: Node): void => {
      if (needed.has(node) || outside(node)) return
      needed.add(node)
      this.dependencies(node).forEach(visit)
    }
    for (const node of [...places.keys(), ...scans]) visit(node)
    const materialised = new Set<Node>(places.keys())
    for (const node of needed) {
      if (node.op !== mapOp) materialised.add(node)
      if (node.op !== mapOp && node.op !== sumOp)
        for (const n of this.dependencies(node)) if (!outside(n)) materialised.add(n)
      // a random number belongs to an element of its own tensor: such a map is not fused into one of another shape
      const moved = (n: Node) => !sameShape(n.shape, node.shape) && n.op === mapOp && usesRandom(n.attributes.expr)
      // and one that is dear is not computed again for every element that it is broadcast to
      const again = (n: Node) => !sameShape(n.shape, node.shape) && isDear(n)
      if (node.op === mapOp) for (const n of node.inputs) if (!outside(n) && (moved(n) || again(n))) materialised.add(n)
    }
    const isPlaced = (node: Node) => outside(node) || materialised.has(node)
    const fused = this.fuser(isPlaced)

    // order: by creation, maps joined to the earliest group that has all they read
    const items: Item[] = []
    const position = new Map<Node, number>()
    for (const node of [...materialised].sort((a, b) => a.id - b.id)) {
      const reads = this.reads(node, fused)
      const earliest = Math.max(-1, ...reads.map((n) => position.get(n) ?? -1)) + 1
      const join =
        node.op === mapOp
          ? items.findIndex(
              (item, i) => i >= earliest && item.nodes[0].op === mapOp && sameShape(item.nodes[0].shape, node.shape),
            )
          : -1
      if (join >= 0) items[join].nodes.push(node)
      else items.push({ nodes: [node], accumulate: accumulating.has(node) })
      position.set(node, join >= 0 ? join : items.length - 1)
    }

    // buffers: scratch is used again after its last reader
    const lastRead = new Map<Node, number>()
    items.forEach((item, i) => {
      for (const node of item.nodes) for (const n of this.reads(node, fused)) lastRead.set(n, i)
    })
    const free = new Map<string, Buffer[]>()
    const placeOf = (node: Node): Place => external(node) ?? (places.get(node) as Place)
    const out: Instruction[] = []
    items.forEach((item, i) => {
      for (const node of item.nodes) {
        if (!places.has(node) && node.op !== scanOp && node.op !== reverseScanOp && node.op !== resultOp) {
          const reuse = keep ? undefined : free.get(show(node.shape))?.pop()
          places.set(node, first(reuse ?? this.buffer(`${node.op.name} ${node.id}`, node.shape, "one", "arena")))
        }
        const place = places.get(node)
        if (keep && place && !accumulating.has(node)) keep.set(node, place)
      }
      out.push(...this.instructions(item, fused, placeOf, places))
      if (!keep)
        for (const n of new Set(item.nodes.flatMap((node) => [node, ...this.reads(node, fused)]))) {
          const place = places.get(n)
          if (place && (lastRead.get(n) ?? i) === i && !accumulating.has(n) && !wanted.some((w) => w.place === place))
            free.set(show(n.shape), [...(free.get(show(n.shape)) ?? []), place.buffer])
        }
    })
    return out
  }

  /** Every node that must exist before this one, scans' readings from outside included. */
  dependencies(node: Node): readonly Node[] {
    if (node.op === scanOp)
      return [...node.inputs, ...outsideOf(node.attributes.outputs, node.attributes.carries[0].id)]
    if (node.op === reverseScanOp) {
      const { forward, outputs, contributions } = (node as Node<ReverseScan>).attributes
      const roots = [...outputs, ...contributions.map((c) => c.value)]
      return [...node.inputs, forward, ...outsideOf(roots, forward.attributes.carries[0].id)]
    }
    return node.inputs
  }

  /** The placed nodes that computing this one reads. */
  reads(node: Node, fused: Fuser): Node[] {
    if (node.op !== mapOp && node.op !== sumOp) return [...this.dependencies(node)]
    return [...inputsOf(fused(node.op === sumOp ? node.inputs[0] : node, node.op === sumOp ? "operand" : "root"))].map(
      (id) => this.g.nodes[id],
    )
  }

  /** Expressions whose inputs are node numbers: a map with all maps that it reads fused in. */
  fuser(isPlaced: (node: Node) => boolean): Fuser {
    const memo = new Map<string, Expr>()
    const inline = (node: Node, to: Shape): Expr => {
      const key = `${node.id} ${show(to)}`
      const done = memo.get(key)
      if (done) return done
      const pad = to.length - node.shape.length
      const out = rewrite((node as Node).attributes.expr as Expr, (leaf) => {
        if (leaf.op === "coordinate") return node.shape[leaf.axis] === 1 ? constant(0) : coordinate(leaf.axis + pad)
        if (leaf.op !== "input") return leaf
        const operand = node.inputs[leaf.index]
        return isPlaced(operand) || operand.op !== mapOp ? input(operand.id) : inline(operand, to)
      })
      memo.set(key, out)
      return out
    }
    return (node, as) =>
      as === "operand" && (isPlaced(node) || node.op !== mapOp) ? input(node.id) : inline(node, node.shape)
  }

  instructions(item: Item, fused: Fuser, placeOf: (node: Node) => Place, places: Map<Node, Place>): Instruction[] {
    const [node] = item.nodes
    if (node.op === resultOp) {
      places.set(node, this.resultPlace(node))
      this.top.set(node, this.resultPlace(node))
      return []
    }
    if (node.op === scanOp) return this.scan(node, placeOf)
    if (node.op === reverseScanOp) return this.reverseScan(node as Node<ReverseScan>, placeOf)
    if (node.op === mapOp) return [this.mapCall(item.nodes, fused, placeOf)]
    if (node.op === sumOp) return [this.sumCall(node, item.accumulate, fused, placeOf)]
    const kernel = opKernel(
      node,
      node.inputs.map((n) => placeOf(n).buffer),
      item.accumulate,
      false,
    )
    return [{ k: "call", kernel, places: [...node.inputs, node].map(placeOf) }]
  }

  mapCall(nodes: readonly Node[], fused: Fuser, placeOf: (node: Node) => Place): Instruction {
    const expressions = nodes.map((n) => fused(n, "root"))
    const { reads, renumbered, operandShapes } = this.operandsOf(expressions, placeOf)
    const { shape } = nodes[0]
    return {
      k: "call",
      kernel: {
        key: keyOf(["map", shape, operandShapes], renumbered),
        write: (k) => mapKernel(k, shape, operandShapes, renumbered),
      },
      places: [...reads, ...nodes].map(placeOf),
    }
  }

  sumCall(node: Node, accumulate: boolean, fused: Fuser, placeOf: (node: Node) => Place): Instruction {
    const from = node.inputs[0].shape
    const { reads, renumbered, operandShapes } = this.operandsOf([fused(node.inputs[0], "operand")], placeOf)
    return {
      k: "call",
      kernel: {
        key: keyOf(["sum", from, node.shape, operandShapes, accumulate], renumbered),
        write: (k) => sumKernel(k, from, node.shape, operandShapes, renumbered[0], accumulate),
      },
      places: [...reads, node].map(placeOf),
    }
  }

  operandsOf(expressions: readonly Expr[], placeOf: (node: Node) => Place) {
    const ids = new Set<number>()
    for (const e of expressions) inputsOf(e, ids)
    const reads = [...ids].map((id) => this.g.nodes[id])
    const number = new Map([...ids].map((id, i) => [id, input(i)]))
    const memo = new Map<Expr, Expr>()
    const renumbered = expressions.map((e) =>
      rewrite(e, (x) => (x.op === "input" ? (number.get(x.index) as Expr) : x), memo),
    )
    const operandShapes = reads.map((n) => ({ shape: n.shape, lane: placeOf(n).buffer.lane }))
    return { reads, renumbered, operandShapes }
  }

  resultPlace(node: Node): Place {
    const [of] = node.inputs
    const buffer = (this.histories.get(of) as Buffer[])[node.attributes.index]
    return { buffer, slot: of.op === scanOp ? "T" : "first", element: 0 }
  }

  /** Initial carries are copied in; the body reads slot t and writes slot t + 1. */
  scan(node: Node<Scan>, placeOf: (node: Node) => Place): Instruction[] {
    const { carries, outputs } = node.attributes
    const reversed = this.reverseOf.get(node)
    const histories = carries.map((n, i) =>
      reversed
        ? this.keptBuffer(`carry ${node.id}.${i}`, n.shape, "steps + 1")
        : this.buffer(`carry ${node.id}.${i}`, n.shape, "two", "arena"),
    )
    this.histories.set(node, histories)
    const roots: Root[] = outputs.map((n, i) => ({
      node: n,
      place: { buffer: histories[i], slot: "t + 1", element: 0 },
    }))
    if (reversed && this.options.memory !== "recompute")
      for (const n of this.storedBy(reversed)) {
        const place: Place = {
          buffer: this.keptBuffer(`stored ${n.op.name} ${n.id}`, n.shape, "steps"),
          slot: "t",
          element: 0,
        }
        this.stored.set(n, place)
        roots.push({ node: n, place })
      }
    const external = this.bodyExternal(node, (i) => ({ buffer: histories[i], slot: "t", element: 0 }), placeOf)
    return [
      ...this.copies(node.inputs, histories, "first", placeOf),
      { k: "loop", backwards: false, body: this.block(roots, [], [], external) },
    ]
  }

  reverseScan(node: Node<ReverseScan>, placeOf: (node: Node) => Place): Instruction[] {
    const { forward, adjoints, outputs, contributions } = node.attributes
    const histories = this.histories.get(forward) as Buffer[]
    const buffers = adjoints.map((n, i) => this.buffer(`adjoint ${node.id}.${i}`, n.shape, "two", "arena"))
    this.histories.set(node, buffers)
    const inBody = this.bodyExternal(forward, (i) => ({ buffer: histories[i], slot: "t", element: 0 }), placeOf)
    const external: External = (n) => {
      const i = adjoints.indexOf(n)
      return i >= 0 ? { buffer: buffers[i], slot: "t + 1", element: 0 } : (this.stored.get(n) ?? inBody(n))
    }
    const roots: Root[] = outputs.map((n, i) => ({ node: n, place: { buffer: buffers[i], slot: "t", element: 0 } }))
    const across = contributions.filter(
      ({ value }) => value.op.acrossSteps?.(value) || (this.options.acrossSteps && value.op.stackable),
    )
    const stacks = this.stacks(across, adjoints, external, roots)
    const each = contributions.filter((c) => !across.includes(c))
    return [
      ...this.copies(node.inputs, buffers, "T", placeOf),
      { k: "loop", backwards: true, body: this.block(roots, each, [], external) },
      ...across.map(({ to, value }): Instruction => {
        const inputs = value.inputs.map((n) => stacks.get(n) as Buffer)
        return {
          k: "call",
          kernel: opKernel(value, inputs, true, true),
          places: [...inputs.map(first), this.accumulators.get(to) as Place],
        }
      }),
    ]
  }

  /** Where the operands of contributions that are computed across steps stand for every step; what is not kept yet becomes a root. */
  stacks(
    across: readonly Contribution[],
    adjoints: readonly Node[],
    external: External,
    roots: Root[],
  ): Map<Node, Buffer> {
    const gradients = new Map<Node, boolean>(adjoints.map((n) => [n, true]))
    const isGradient = (n: Node): boolean => {
      const known = gradients.get(n)
      if (known !== undefined) return known
      const found = !external(n) && n.inputs.some(isGradient)
      gradients.set(n, found)
      return found
    }
    const stacks = new Map<Node, Buffer>()
    for (const n of new Set(across.flatMap(({ value }) => value.inputs))) {
      const known = external(n)
      const kept = known?.slot === "t" && known.buffer.slots !== "two"
      const kind = isGradient(n) ? "gradients" : "values"
      const buffer = kept ? known.buffer : this.keptBuffer(`stack ${n.op.name} ${n.id}`, n.shape, "steps", kind)
      stacks.set(n, buffer)
      if (!kept) roots.push({ node: n, place: { buffer, slot: "t", element: 0 } })
    }
    return stacks
  }

  bodyExternal(scan: Node<Scan>, carryPlace: (i: number) => Place, placeOf: (node: Node) => Place): External {
    const { carries } = scan.attributes
    return (n) => {
      const i = carries.indexOf(n)
      if (i >= 0) return carryPlace(i)
      return isOutside(n, carries[0].id) ? placeOf(n) : undefined
    }
  }

  copies(nodes: readonly Node[], to: readonly Buffer[], slot: Slot, placeOf: (node: Node) => Place): Instruction[] {
    return nodes.map((n, i) => ({
      k: "call",
      kernel: {
        key: keyOf(["map", n.shape, [{ shape: n.shape, lane: placeOf(n).buffer.lane }]], [input(0)]),
        write: (k) => mapKernel(k, n.shape, [{ shape: n.shape, lane: placeOf(n).buffer.lane }], [input(0)]),
      },
      places: [placeOf(n), { buffer: to[i], slot, element: 0 }],
    }))
  }

  /** Forward nodes of a scan's body that its reverse reads and that are too dear to compute again. */
  storedBy(reversed: Node<ReverseScan>): Node[] {
    const { forward, outputs, contributions } = reversed.attributes
    const [from, to] = [forward.attributes.carries[0].id, forward.id]
    const seen = new Set<Node>()
    const found: Node[] = []
    const visit = (n: Node): void => {
      if (seen.has(n) || isOutside(n, from)) return
      seen.add(n)
      if (n.id < to && n.op.name !== "carry" && !n.op.cheap) found.push(n)
      else n.inputs.forEach(visit)
    }
    for (const n of [...outputs, ...contributions.map((c) => c.value)]) visit(n)
    return found
  }
}

type Fuser = (node: Node, as: "root" | "operand") => Expr

const first = (buffer: Buffer): Place => ({ buffer, slot: "first", element: 0 })

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
