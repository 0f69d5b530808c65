// A graph: nodes in order of creation, including scans. Layers build it for ONE example; no node has a batch
// axis.

import { constant, type Expr, input, inputsOf } from "./expr.ts"
import { mapOp } from "./map.ts"
import { type Builder, isOf, type Node, type Op } from "./op.ts"
import type { Init } from "./params.ts"
import type { Role } from "./role.ts"
import type { SettingName } from "./settings.ts"
import { broadcast, type Shape, show } from "./shape.ts"

/**
 * A named input: a tensor of each example, a trainable tensor, or a scalar setting. The last two are shared
 * by all examples.
 */
export type InputAttributes =
  | { readonly role: "lane"; readonly name: string; readonly shape: Shape }
  | {
      readonly role: "parameter"
      readonly name: string
      readonly shape: readonly number[]
      readonly init: Init
      /**
       * Number of copies of one parameter along the first axis (parameter-sharing relaxation); 1 without it.
       */
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
/** One of several carries, adjoints or results, by its index. */
export interface Numbered {
  readonly index: number
  readonly shape: Shape
}
/** Inside a scan body: the carried value at the start of the step. */
export const carryOp: Op<Numbered> = leaf("carry")
/** Inside a reverse scan body: the gradient of the step's output carry. */
export const adjointOp: Op<Numbered> = leaf("adjoint")

/** A loop, carry' = body(carry), whose number of steps is given at run time. */
export interface Scan {
  readonly carries: readonly Node[]
  readonly outputs: readonly Node[]
}
/**
 * The reverse of a scan. It carries the adjoints of the carries, and one running sum for each lane tensor
 * that the body reads from outside.
 */
export interface ReverseScan {
  readonly forward: Node<Scan>
  readonly adjoints: readonly Node[]
  readonly outputs: readonly Node[]
  /** Gradients of shared tensors, to add up over the steps. */
  readonly contributions: readonly Contribution[]
}
/** One term of a shared tensor's gradient. */
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
/** Its inputs are the initial carries. `resultOp` reads the final ones. */
export const scanOp: Op<Scan> = multi("scan")
/** Its inputs are the adjoints of the final carries, then zeros for the running sums. */
export const reverseScanOp: Op<ReverseScan> = multi("reverseScan")
/** One result of a scan: the final carry `index`. */
export const resultOp: Op<Numbered> = leaf("result")

/**
 * Whether a node is outside the body that begins at node `from`. Inputs always are, even if a layer created
 * them inside.
 */
export const isOutside = (node: Node, from: number): boolean => node.id < from || node.op === inputOp

export class Graph implements Builder {
  readonly nodes: Node[] = []
  /** Intermediate values of a scan body that a trace may read, by name. Their nodes are created on demand. */
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

  /** Creates an input with one tensor per example. */
  lane(name: string, shape: Shape): Node<InputAttributes> {
    return this.#push(inputOp, [], { role: "lane", name, shape }, shape, "lane")
  }

  /**
   * Creates a trainable tensor that all examples share. If `copies` > 1, the first axis counts copies of one
   * parameter. Throws if the name is taken.
   */
  parameter(name: string, shape: readonly number[], init: Init, { copies = 1 } = {}): Node<InputAttributes> {
    if (copies > 1 && shape[0] !== copies)
      throw new Error(`${name}: got ${copies} copies and the shape ${show(shape)}, expected them along the first axis`)
    if (this.nodes.some((n) => isOf(n, inputOp) && n.attributes.name === name))
      throw new Error(`two inputs are named ${name}`)
    return this.#push(inputOp, [], { role: "parameter", name, shape, init, copies }, shape, "shared")
  }

  /** Creates a shared scalar that training sets at every step, such as the strength of noise. */
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
   * Declares a tap: a named intermediate value of a scan body, such as a gate or the state
   * (plan/extract-scan.ts). An unused tap costs nothing. Throws if the name is taken.
   */
  tap(name: string, role: Role, make: () => Node): void {
    if (this.taps.has(name)) throw new Error(`two taps are named ${name}`)
    this.taps.set(name, { role, make })
  }

  /**
   * Repeats carry' = body(carry); the number of steps is given at run time. Returns the final carries. Throws
   * inside another scan's body, or if a carry changes its shape.
   */
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

  /** The results of a scan or reverse scan, with the shapes of `like`. */
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
