// The planner: turns a graph into ordered, fused and placed instructions.
//
// 1. A map is fused into its reader. Exceptions: a reader that is neither a map nor a sum, and a broadcast of
//    an expensive map. Maps of one shape whose operands are ready at the same point share one kernel.
// 2. Contractions that the backward pass of a scan needs are saved at every step; cheap nodes (maps, shifts)
//    are recomputed. With memory "recompute" only the carries are saved, and contractions are recomputed too.
// 3. Gradients of a shared tensor go to one accumulator, one number per lane; lanes are summed at the end. If
//    an op asks for it (`acrossSteps`), a scan saves the operands of its contribution at every step, and one
//    kernel after the loop computes it.

import { input } from "../core/expr.ts"
import { grad } from "../core/grad.ts"
import {
  type Contribution,
  type Graph,
  type InputAttributes,
  inputOp,
  isOutside,
  type Numbered,
  type ReverseScan,
  resultOp,
  reverseScanOp,
  type Scan,
  scanOp,
} from "../core/graph.ts"
import { lookup } from "../core/lookup.ts"
import { mapOp, sumOp } from "../core/map.ts"
import { isOf, type Node } from "../core/op.ts"
import type { SharedTensor } from "../core/params.ts"
import { type Shape, sameShape, show, sizeAt } from "../core/shape.ts"
import { hasKernel } from "../kernel/op.ts"
import { dependenciesOf, storedBy } from "./dependencies.ts"
import { type Fuser, fuser, readsOf, staysApart } from "./fusion.ts"
import { copyCall, mapCall, opKernel, sumCall, sumLanesSpec, zeroSpec } from "./kernel-specs.ts"
import type { Buffer, Instruction, Place, Plan, PlanOptions, Slot, Slots } from "./plan.ts"

interface Root {
  readonly node: Node
  readonly place: Place
}
interface Item {
  readonly nodes: Node[] // one node, or several maps of one shape
  readonly accumulate: boolean
}
type External = (node: Node) => Place | undefined

/** Plans a graph, once per model, for every length and number of steps. */
export const plan = (g: Graph, options: PlanOptions): Plan => new Planner(g, options).plan()

class Planner {
  readonly g: Graph
  readonly options: PlanOptions
  readonly buffers: Buffer[] = []
  readonly top = new Map<Node, Place>()
  readonly stored = new Map<Node, Place>() // nodes of scan bodies saved for backward
  readonly histories = new Map<Node, readonly Buffer[]>() // buffers of the carries, by scan
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

  /**
   * A buffer for a tensor saved at every step of a scan. A single number per example, such as a sum, stays in
   * full precision, which costs nothing.
   */
  savedBuffer(name: string, shape: Shape, slots: Slots, saved: "values" | "gradients" = "values"): Buffer {
    if (sizeAt(shape, 2) === 1) return this.buffer(name, shape, slots, "arena")
    const buffer = { name, shape, slots, region: "arena" as const, lane: true, saved }
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

    const leaves = this.g.nodes.filter((n) => isOf(n, inputOp))
    const parameters = leaves.filter((n) => n.attributes.role === "parameter")
    const sharedNodes = [...parameters, ...leaves.filter((n) => n.attributes.role === "setting")]
    const all = this.buffer("shared", [0], "one", "shared", false)
    const shared: SharedTensor[] = []
    let offset = 0
    for (const node of sharedNodes) {
      const tensor = sharedTensor(node.attributes, offset)
      shared.push(tensor)
      this.top.set(node, { buffer: all, slot: "first", element: offset })
      offset += tensor.size
    }
    const trainableSize = shared.filter((s) => s.trainable).reduce((sum, s) => sum + s.size, 0)
    const inputs = leaves
      .filter((n) => n.attributes.role === "lane")
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
      for (const node of parameters) {
        const { element } = lookup(this.top, node)
        this.accumulators.set(node, { buffer: accumulator, slot: "first", element })
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

  /**
   * Writes the instructions that compute the wanted nodes and add the contributions. If `keep` is given, it
   * receives the place of every node, and no buffer is reused.
   */
  block(
    wanted: readonly Root[],
    contributions: readonly Contribution[],
    scans: readonly Node[],
    external: External,
    keep?: Map<Node, Place>,
  ): Instruction[] {
    const places = new Map<Node, Place>()
    for (const { node, place } of wanted) {
      // A node that is placed elsewhere or wanted twice is copied.
      const own = external(node) || places.has(node) || node.op === resultOp ? this.g.mapExpr([node], input(0)) : node
      places.set(own, place)
    }
    const accumulating = new Set<Node>()
    for (const { to, value } of contributions) {
      places.set(value, lookup(this.accumulators, to))
      accumulating.add(value)
    }

    // Collect the needed nodes, and those of them that get a buffer.
    const needed = new Set<Node>()
    const outside = (node: Node) => external(node) !== undefined
    const visit = (node: Node): void => {
      if (needed.has(node) || outside(node)) return
      needed.add(node)
      dependenciesOf(node).forEach(visit)
    }
    for (const node of [...places.keys(), ...scans]) visit(node)
    const materialised = new Set<Node>(places.keys())
    for (const node of needed) {
      if (node.op !== mapOp) materialised.add(node)
      if (node.op !== mapOp && node.op !== sumOp)
        for (const n of dependenciesOf(node)) if (!outside(n)) materialised.add(n)
      if (node.op === mapOp) for (const n of node.inputs) if (!outside(n) && staysApart(n, node)) materialised.add(n)
    }
    const isPlaced = (node: Node) => outside(node) || materialised.has(node)
    const fused = fuser(isPlaced)
    const reads = (node: Node) => readsOf(this.g, node, fused)

    // Order by creation. A map joins the earliest group that comes after everything it reads.
    const items: Item[] = []
    const position = new Map<Node, number>()
    for (const node of [...materialised].sort((a, b) => a.id - b.id)) {
      const earliest = Math.max(-1, ...reads(node).map((n) => position.get(n) ?? -1)) + 1
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

    // Assign buffers. Scratch is reused after its last reader.
    const lastRead = new Map<Node, number>()
    items.forEach((item, i) => {
      for (const node of item.nodes) for (const n of reads(node)) lastRead.set(n, i)
    })
    const free = new Map<string, Buffer[]>()
    const placeOf = (node: Node): Place => external(node) ?? lookup(places, node)
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
        for (const n of new Set(item.nodes.flatMap((node) => [node, ...reads(node)]))) {
          const place = places.get(n)
          if (place && (lastRead.get(n) ?? i) === i && !accumulating.has(n) && !wanted.some((w) => w.place === place))
            free.set(show(n.shape), [...(free.get(show(n.shape)) ?? []), place.buffer])
        }
    })
    return out
  }

  instructions(item: Item, fused: Fuser, placeOf: (node: Node) => Place, places: Map<Node, Place>): Instruction[] {
    const [node] = item.nodes
    if (isOf(node, resultOp)) {
      places.set(node, this.resultPlace(node))
      this.top.set(node, this.resultPlace(node))
      return []
    }
    if (isOf(node, scanOp)) return this.scan(node, placeOf)
    if (isOf(node, reverseScanOp)) return this.reverseScan(node, placeOf)
    if (node.op === mapOp) return [mapCall(this.g, item.nodes, fused, placeOf)]
    if (node.op === sumOp) return [sumCall(this.g, node, item.accumulate, fused, placeOf)]
    const kernel = opKernel(
      node,
      node.inputs.map((n) => placeOf(n).buffer),
      item.accumulate,
      false,
    )
    return [{ k: "call", kernel, places: [...node.inputs, node].map(placeOf) }]
  }

  resultPlace(node: Node<Numbered>): Place {
    const [of] = node.inputs
    const buffer = lookup(this.histories, of)[node.attributes.index]
    return { buffer, slot: of.op === scanOp ? "T" : "first", element: 0 }
  }

  /** Copies the initial carries into the first slot; the body reads slot t and writes slot t + 1. */
  scan(node: Node<Scan>, placeOf: (node: Node) => Place): Instruction[] {
    const { carries, outputs } = node.attributes
    const reversed = this.reverseOf.get(node)
    const histories = carries.map((n, i) =>
      reversed
        ? this.savedBuffer(`carry ${node.id}.${i}`, n.shape, "steps + 1")
        : this.buffer(`carry ${node.id}.${i}`, n.shape, "two", "arena"),
    )
    this.histories.set(node, histories)
    const roots: Root[] = outputs.map((n, i) => ({
      node: n,
      place: { buffer: histories[i], slot: "t + 1", element: 0 },
    }))
    if (reversed && this.options.memory !== "recompute")
      for (const n of storedBy(reversed)) {
        const place: Place = {
          buffer: this.savedBuffer(`stored ${n.op.name} ${n.id}`, n.shape, "steps"),
          slot: "t",
          element: 0,
        }
        this.stored.set(n, place)
        roots.push({ node: n, place })
      }
    const external = this.bodyExternal(node, (i) => ({ buffer: histories[i], slot: "t", element: 0 }), placeOf)
    return [
      ...copies(node.inputs, histories, "first", placeOf),
      { k: "loop", backwards: false, body: this.block(roots, [], [], external) },
    ]
  }

  reverseScan(node: Node<ReverseScan>, placeOf: (node: Node) => Place): Instruction[] {
    const { forward, adjoints, outputs, contributions } = node.attributes
    const histories = lookup(this.histories, forward)
    const buffers = adjoints.map((n, i) => this.buffer(`adjoint ${node.id}.${i}`, n.shape, "two", "arena"))
    this.histories.set(node, buffers)
    const inBody = this.bodyExternal(forward, (i) => ({ buffer: histories[i], slot: "t", element: 0 }), placeOf)
    const external: External = (n) => {
      const i = adjoints.indexOf(n)
      return i >= 0 ? { buffer: buffers[i], slot: "t + 1", element: 0 } : (this.stored.get(n) ?? inBody(n))
    }
    const roots: Root[] = outputs.map((n, i) => ({ node: n, place: { buffer: buffers[i], slot: "t", element: 0 } }))
    const across = contributions.filter(({ value }) => this.isAcrossSteps(value))
    const stacks = this.stacks(across, adjoints, external, roots)
    const each = contributions.filter((c) => !across.includes(c))
    return [
      ...copies(node.inputs, buffers, "T", placeOf),
      { k: "loop", backwards: true, body: this.block(roots, each, [], external) },
      ...across.map(({ to, value }): Instruction => {
        const inputs = value.inputs.map((n) => lookup(stacks, n))
        return {
          k: "call",
          kernel: opKernel(value, inputs, true, true),
          places: [...inputs.map(first), lookup(this.accumulators, to)],
        }
      }),
    ]
  }

  isAcrossSteps(node: Node): boolean {
    const { op } = node
    return hasKernel(op) && (op.acrossSteps?.(node) || (this.options.acrossSteps === true && op.stackable === true))
  }

  /**
   * The buffers with the operands, at every step, of contributions computed across steps. Operands that are
   * not yet saved become roots.
   */
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
      const buffer = kept ? known.buffer : this.savedBuffer(`stack ${n.op.name} ${n.id}`, n.shape, "steps", kind)
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
}

function sharedTensor(input: InputAttributes, offset: number): SharedTensor {
  const { name, shape } = input
  switch (input.role) {
    case "parameter": {
      const { shape, init, copies } = input
      return { name, shape, size: sizeAt(shape, 0), offset, trainable: true, copies, init }
    }
    case "setting":
      return { name, shape: input.shape, size: 1, offset, trainable: false, copies: 1, init: { constant: input.value } }
    case "lane":
      throw new Error(`plan: the lane input ${name} ${show(shape)} is not shared`)
  }
}

const first = (buffer: Buffer): Place => ({ buffer, slot: "first", element: 0 })

const copies = (nodes: readonly Node[], to: readonly Buffer[], slot: Slot, placeOf: (node: Node) => Place) =>
  nodes.map((n, i) => copyCall(n, placeOf(n), { buffer: to[i], slot, element: 0 }))
