// A graph: nodes in order of creation, and scans. Layers build it for ONE example; no node knows of a batch.

import { constant, type Expr, input, inputsOf } from "./expr.ts"
import { mapOp } from "./map.ts"
import { type Builder, isOf, type Node, type Op } from "./op.ts"
import type { Init } from "./params.ts"
import type { Role } from "./role.ts"
import type { SettingName } from "./settings.ts"
import { broadcast, type Shape, show } from "./shape.ts"

/**
 * A named input: a tensor of each example, a trainable tensor of all, or one number of all that is set from
 * outside.
 */
export type InputAttributes =
  | { readonly role: "lane"; readonly name: string; readonly shape: Shape }
  | {
      readonly role: "parameter"
      readonly name: string
      readonly shape: readonly number[]
      readonly init: Init
      /** How many copies of one parameter stand along the first axis. */
      readonly copies: number
    }
  | { readonly role: "setting"; readonly name: SettingName; readonly shape: readonly [1]; readonly value: number }
const leaf = <A extends { readonly shape: Shape }>(name: string): Op<A> => ({
  name,
  shape: (_, attributes) => attributes.shape,
  gradient: () => [],
  reference: (node) => {
    throw new Error(`${name} ${node.id} has no value`)
  },
})
export const inputOp: Op<InputAttributes> = leaf("input")
/** One of several: its number among them. */
export interface Numbered {
  readonly index: number
  readonly shape: Shape
}
/** Inside a scan's body: the carried value at the beginning of the step (attributes.index). */
export const carryOp: Op<Numbered> = leaf("carry")
/** Inside a reverse scan's body: the gradient of what the step carries out (attributes.index). */
export const adjointOp: Op<Numbered> = leaf("adjoint")

/** A loop whose step count is known when it runs: carry' = body(carry). */
export interface Scan {
  readonly carries: readonly Node[]
  readonly outputs: readonly Node[]
}
/**
 * The same loop backwards: adjoints of the carries, and one running sum for each lane tensor that the body
 * reads from outside.
 */
export interface ReverseScan {
  readonly forward: Node<Scan>
  readonly adjoints: readonly Node[]
  readonly outputs: readonly Node[]
  /** Gradients of shared tensors, added up over the steps. */
  readonly contributions: readonly Contribution[]
}
/** A part of a shared tensor's gradient. */
export interface Contribution {
  readonly to: Node<InputAttributes>
  readonly value: Node
}

const multi = <A>(name: string): Op<A> => ({
  name,
  shape: () => [],
  gradient: () => [],
  reference: () => {
    throw new Error(`${name}: run by the interpreter, not as an op`)
  },
})
/** inputs: the initial carries. Results are taken with `resultOp`. */
export const scanOp: Op<Scan> = multi("scan")
/** inputs: the adjoints of the final carries, then zeros for the running sums. */
export const reverseScanOp: Op<ReverseScan> = multi("reverseScan")
/** One result of a scan: its final carry `index`. */
export const resultOp: Op<Numbered> = leaf("result")

/**
 * Whether a node belongs to no body that begins at node `from`: inputs never do, wherever a layer made them.
 */
export const isOutside = (node: Node, from: number): boolean => node.id < from || node.op === inputOp

export class Graph implements Builder {
  readonly nodes: Node[] = []
  /** What a scan's body shows of itself to those who trace it, by name; made only when it is asked for. */
  readonly taps = new Map<string, { readonly role: Role; make(): Node }>()
  #inBody = false

  create<A>(op: Op<A>, inputs: readonly Node[], attributes: NoInfer<A>): Node<A> {
    return this.#push(op, inputs, attributes, op.shape(inputs, attributes), "lane")
  }

  #push<A>(op: Op<A>, inputs: readonly Node[], attributes: A, shape: Shape, kind: Node["kind"]): Node<A> {
    const node: Node<A> = { id: this.nodes.length, op, inputs, attributes, shape, kind }
    this.nodes.push(node)
    return node
  }

  /** One tensor of each example. */
  lane(name: string, shape: Shape): Node<InputAttributes> {
    return this.#push(inputOp, [], { role: "lane", name, shape }, shape, "lane")
  }

  /**
   * A trainable tensor that all examples share. With `copies`, its first axis is that of copies of one
   * parameter.
   */
  parameter(name: string, shape: readonly number[], init: Init, { copies = 1 } = {}): Node<InputAttributes> {
    if (copies > 1 && shape[0] !== copies)
      throw new Error(`${name}: got ${copies} copies and the shape ${show(shape)}, expected them along the first axis`)
    if (this.nodes.some((n) => isOf(n, inputOp) && n.attributes.name === name))
      throw new Error(`two inputs are named ${name}`)
    return this.#push(inputOp, [], { role: "parameter", name, shape, init, copies }, shape, "shared")
  }

  /** One number for all examples that is set from outside, such as a dropout rate. */
  setting(name: SettingName, value: number): Node<InputAttributes> {
    return this.#push(inputOp, [], { role: "setting", name, shape: [1], value }, [1], "shared")
  }

  map(inputs: readonly Node[], expr: (...operands: Expr[]) => Expr, shape?: Shape): Node {
    return this.mapExpr(inputs, expr(...inputs.map((_, i) => input(i))), shape)
  }

  mapExpr(inputs: readonly Node[], expr: Expr, shape?: Shape): Node {
    const out = shape ?? broadcast(inputs.map((n) => n.shape))
    const fits = broadcast([out, ...inputs.map((n) => n.shape)])
    if (show(fits) !== show(out))
      throw new Error(`map: operands of ${inputs.map((n) => show(n.shape))} do not fit ${show(out)}`)
    const used = inputsOf(expr)
    for (const i of used) if (i >= inputs.length) throw new Error(`map: operand ${i} of ${inputs.length} is missing`)
    return this.#push(mapOp, inputs, { expr, shape: out }, out, "lane")
  }

  zeros(shape: Shape): Node {
    return this.mapExpr([], constant(0), shape)
  }

  /**
   * Names something inside a scan's body for those who trace it (plan/extract-scan.ts): a gate, a weighting, the
   * carried state. Costs nothing else.
   */
  tap(name: string, role: Role, make: () => Node): void {
    if (this.taps.has(name)) throw new Error(`two things are tapped as ${name}`)
    this.taps.set(name, { role, make })
  }

  /** carry' = body(carry), as many times as the plan is told when it runs; returns the final carries. */
  scan(init: readonly Node[], body: (carries: readonly Node[]) => readonly Node[]): Node[] {
    if (this.#inBody)
      throw new Error("scan: a scan inside another scan's body is not built; put them one after the other")
    const carries = init.map((n, index) => this.#push(carryOp, [], { index, shape: n.shape }, n.shape, "lane"))
    this.#inBody = true
    const outputs = body(carries)
    this.#inBody = false
    for (const [i, out] of outputs.entries())
      if (show(out.shape) !== show(init[i].shape))
        throw new Error(`scan: carry ${i} begins as ${show(init[i].shape)} and becomes ${show(out.shape)}`)
    const scan = this.#push(scanOp, init, { carries, outputs }, [], "lane")
    return this.results(scan, init)
  }

  /** The results of a multi-output node, shaped like `like`. */
  results(of: Node, like: readonly Node[]): Node[] {
    return like.map((n, index) => this.#push(resultOp, [of], { index, shape: n.shape }, n.shape, "lane"))
  }

  adjoint(index: number, shape: Shape): Node {
    return this.#push(adjointOp, [], { index, shape }, shape, "lane")
  }

  reverseScan(inputs: readonly Node[], attributes: ReverseScan): Node<ReverseScan> {
    return this.#push(reverseScanOp, inputs, attributes, [], "lane")
  }
}
