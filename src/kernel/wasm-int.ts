// The integers of a WebAssembly kernel: addresses, counters, hashes. Each is computed in the outermost loop
// that its operands allow, and only once there. WebAssembly compilers do neither hoisting nor sharing for us.

import { lookup } from "../core/lookup.ts"
import { Code, type FunctionWriter } from "./assembler.ts"
import { contextFields, type I, type IntBinary } from "./language.ts"

/**
 * An integer in a local, and the loop depth at which it was computed (0: a parameter, 1: the function body).
 */
export interface Local {
  readonly k: "local"
  readonly local: number
  readonly depth: number
}
export type Int = I | Local | { readonly k: IntBinary; readonly a: Int; readonly b: Int }

/**
 * Largest part of an address, in bytes, that goes into an instruction's offset. Pointers may point before
 * their buffer, so memory needs as much room before the first buffer.
 */
const MOST_OFFSET = 1 << 15

/** A loop that is being written. The first level is the function. */
export interface Level {
  /** Code that runs once before the loop, but only if the loop runs at all. */
  readonly before: Code
  /** The local of each value already computed there, by a text that identifies the value. */
  readonly known: Map<string, number>
}

export class Integers {
  readonly writer: FunctionWriter
  readonly levels: Level[] = []
  /** Byte offset of the lane group, if the groups are a loop. */
  group: Local | undefined
  readonly #locals = new Map<number, Local>()
  readonly #definitions = new Map<number, I>()

  /** `before` runs on entry to the function. */
  constructor(writer: FunctionWriter, before: Code) {
    this.writer = writer
    this.levels.push({ before: new Code(), known: new Map() }, { before, known: new Map() })
  }

  /** Loop depth of the current position. */
  get depth(): number {
    return this.levels.length - 1
  }

  /** Assigns a loop counter to a local. */
  bind(id: number, local: Local): void {
    this.#locals.set(id, local)
  }

  /** Defines a named integer. */
  define(code: Code, id: number, value: I): void {
    this.#definitions.set(id, value)
    this.#locals.set(id, this.placed(code, value))
  }

  #resolve(i: Int): Int {
    return i.k === "intVar" ? lookup(this.#locals, i.id) : i
  }

  depthOf(value: Int): number {
    const i = this.#resolve(value)
    if (i.k === "int" || i.k === "context") return 0
    if (i.k === "local") return i.depth
    if (i.k === "intVar") throw new Error("wasm: an integer is read before it is defined")
    // May trap, so it is not hoisted.
    if (i.k === "div" && !(i.b.k === "int" && i.b.value !== 0)) return Number.POSITIVE_INFINITY
    return Math.max(this.depthOf(i.a), this.depthOf(i.b))
  }

  keyOf(value: Int): string {
    const i = this.#resolve(value)
    if (i.k === "int") return `${i.value}`
    if (i.k === "context") return i.field
    if (i.k === "local") return `%${i.local}`
    if (i.k === "intVar") throw new Error("wasm: an integer is read before it is defined")
    return `(${i.k} ${this.keyOf(i.a)} ${this.keyOf(i.b)})`
  }

  /** Pushes an integer onto the stack, at loop depth `depth`. */
  push(code: Code, value: Int, depth: number): void {
    const i = this.#resolve(value)
    if (i.k === "int") code.constant(i.value)
    else if (i.k === "local") code.op("local.get", i.local)
    else {
      const own = this.depthOf(i)
      if (own < depth) code.op("local.get", this.#hoisted(i, own))
      else this.#here(code, i, depth)
    }
  }

  #hoisted(i: Int, depth: number): number {
    const { before, known } = this.levels[depth + 1]
    const key = this.keyOf(i)
    let local = known.get(key)
    if (local === undefined) {
      local = this.writer.local("i32")
      this.#here(before, i, depth)
      before.op("local.set", local)
      known.set(key, local)
    }
    return local
  }

  #here(code: Code, value: Int, depth: number): void {
    const i = this.#resolve(value)
    switch (i.k) {
      case "int":
      case "local":
        this.push(code, i, depth)
        return
      case "intVar":
        throw new Error("wasm: an integer is read before it is defined")
      case "context":
        code.op("local.get", 0).memory("i32.load", 2, 4 * contextFields.indexOf(i.field))
        return
      case "min":
      case "max": {
        const [a, b] = [this.writer.local("i32"), this.writer.local("i32")]
        this.push(code, i.a, depth)
        code.op("local.tee", a)
        this.push(code, i.b, depth)
        code.op("local.tee", b).op("local.get", a).op("local.get", b)
        code.op(i.k === "min" ? "i32.lt_s" : "i32.gt_s").op("select")
        return
      }
      default: {
        this.push(code, i.a, depth)
        if (i.k === "mul" && i.b.k === "int" && i.b.value > 0 && Number.isInteger(Math.log2(i.b.value))) {
          code.constant(Math.log2(i.b.value)).op("i32.shl")
          return
        }
        this.push(code, i.b, depth)
        const names = {
          add: "i32.add",
          sub: "i32.sub",
          mul: "i32.mul",
          div: "i32.div_s",
          xor: "i32.xor",
          shr: "i32.shr_u",
        }
        code.op(names[i.k] as "i32.add")
      }
    }
  }

  /** The local that holds a value, computed as far out as possible. */
  placed(code: Code, value: Int): Local {
    const resolved = this.#resolve(value)
    if (resolved.k === "local") return resolved
    const depth = this.depthOf(value)
    if (depth < this.depth) return { k: "local", local: this.#hoisted(value, depth), depth }
    const local = this.writer.local("i32")
    this.push(code, value, this.depth)
    code.op("local.set", local)
    return { k: "local", local, depth: this.depth }
  }

  /**
   * The address buffer + index · bytes (+ the lane group). Splits it into a base, with the terms of outer
   * loops first, and a constant offset.
   */
  address(buffer: number, index: I, bytes: number, lane: boolean): { base: Int; offset: number } {
    const terms = new Map<string, { atom: Int; factor: number }>()
    let constant = 0
    const add = (i: I, factor: number): void => {
      const definition = i.k === "intVar" ? this.#definitions.get(i.id) : undefined
      if (definition && ["add", "sub", "mul", "int", "intVar"].includes(definition.k)) add(definition, factor)
      else if (i.k === "int") constant += i.value * factor
      else if (i.k === "add" || i.k === "sub") {
        add(i.a, factor)
        add(i.b, i.k === "add" ? factor : -factor)
      } else if (i.k === "mul" && i.b.k === "int") add(i.a, factor * i.b.value)
      else if (i.k === "mul" && i.a.k === "int") add(i.b, factor * i.a.value)
      else {
        const key = this.keyOf(i)
        terms.set(key, { atom: i, factor: (terms.get(key)?.factor ?? 0) + factor })
      }
    }
    add(index, bytes)
    if (lane && this.group) terms.set("group", { atom: this.group, factor: 1 })
    let base: Int = { k: "local", local: 1 + buffer, depth: 0 }
    const offset = constant >= 0 && constant <= MOST_OFFSET ? constant : 0
    if (offset !== constant) base = { k: "add", a: base, b: { k: "int", value: constant } }
    const sorted = [...terms.values()]
      .filter((t) => t.factor !== 0)
      .sort((a, b) => this.depthOf(a.atom) - this.depthOf(b.atom))
    for (const { atom, factor } of sorted) base = { k: "add", a: base, b: times(atom, factor) }
    return { base, offset }
  }
}

export const times = (a: Int, factor: number): Int => {
  if (a.k === "int") return { k: "int", value: Math.imul(a.value, factor) }
  return factor === 1 ? a : { k: "mul", a, b: { k: "int", value: factor | 0 } }
}

export const difference = (a: Int, b: Int): Int => {
  if (a.k === "int" && b.k === "int") return { k: "int", value: a.value - b.value }
  return b.k === "int" && b.value === 0 ? a : { k: "sub", a, b }
}
