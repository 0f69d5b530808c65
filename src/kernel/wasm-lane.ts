// The lane values of a WebAssembly kernel, as code on vectors of four. Like integers, they are hoisted as far
// out as possible. A comparison stays a bit mask if only another condition reads it.

import { LANES } from "../core/lanes.ts"
import { lookup } from "../core/lookup.ts"
import type { Code } from "./assembler.ts"
import type { V } from "./language.ts"
import type { Int, Integers, Local } from "./wasm-int.ts"

const WIDTH = 4 // lanes per vector
export const GROUPS = LANES / WIDTH
export const VECTOR_BYTES = 4 * WIDTH
/** Bytes per element of a lane tensor. */
export const LANE_BYTES = 4 * LANES

/** The address that a pointer currently has. */
export interface PointerState {
  readonly buffer: number
  readonly lane: boolean
  readonly moves: boolean
  readonly base: Local
  readonly offset: number // in bytes, not negative
}

/** A named lane value of one lane group. */
export interface Variable {
  readonly local: number
  readonly depth: number
  readonly changes: boolean
  /** For a condition: the local of its mask, which has all bits set or none. */
  readonly mask: number | undefined
}

export type Condition = V & { readonly k: "ifLess" | "ifEqual" }

const isConst = (v: V, value: number): boolean => v.k === "const" && Object.is(v.value, value)
/** Whether a value is a condition, as a number 1 or 0. */
export const isFlag = (v: V): v is Condition =>
  (v.k === "ifLess" || v.k === "ifEqual") && isConst(v.then, 1) && isConst(v.else, 0)

const plainBinary = {
  add: "f32x4.add",
  sub: "f32x4.sub",
  mul: "f32x4.mul",
  div: "f32x4.div",
  xor: "v128.xor",
  bitMul: "i32x4.mul",
  bitAdd: "i32x4.add",
  bitAnd: "v128.and",
  bitOr: "v128.or",
} as const

export class LaneValues {
  /** The largest constant offset of a load or store so far, in bytes. */
  largestOffset = 0
  /** Loads inside an `if` or a loop at this depth must not be hoisted out of it. */
  conditional = 0
  readonly pointers = new Map<number, PointerState>()
  /** By variable number and lane group. */
  readonly variables = new Map<string, Variable>()
  readonly #integers: Integers
  readonly #written: ReadonlySet<number>
  readonly #relaxed: boolean

  /** `written` lists the buffers that the kernel stores to; loads from them are not hoisted. */
  constructor(integers: Integers, written: ReadonlySet<number>, relaxed: boolean) {
    this.#integers = integers
    this.#written = written
    this.#relaxed = relaxed
  }

  offset(bytes: number): number {
    this.largestOffset = Math.max(this.largestOffset, bytes)
    return bytes
  }

  /** A variable of one lane group. One defined outside `lanes` is the same for all groups. */
  variable(id: number, group: number): Variable {
    const found = this.variables.get(`${id} ${group}`) ?? this.variables.get(`${id} 0`)
    if (!found) throw new Error(`wasm: ${this.#integers.writer.name} reads a lane variable before it is defined`)
    return found
  }

  /** The smallest loop depth at which a value can be computed. */
  depthOf(v: V, group: number): number {
    const of = (x: V) => this.depthOf(x, group)
    switch (v.k) {
      case "const":
        return 0
      case "laneVar": {
        const { changes, depth } = this.variable(v.id, group)
        return changes ? Number.POSITIVE_INFINITY : depth
      }
      case "load":
      case "splat": {
        const { moves, buffer, base } = lookup(this.pointers, v.from.id)
        return moves || this.#written.has(buffer) ? Number.POSITIVE_INFINITY : Math.max(base.depth, this.conditional)
      }
      case "splatInt":
      case "bits":
        return this.#integers.depthOf(v.value)
      case "example":
        return this.#integers.group?.depth ?? 0
      case "neg":
      case "abs":
      case "sqrt":
      case "bitShl":
      case "bitShr":
      case "asFloat":
      case "asBits":
      case "toFloat":
        return of(v.a)
      case "fma":
        return Math.max(of(v.a), of(v.b), of(v.c))
      case "ifLess":
      case "ifEqual":
        return Math.max(of(v.a), of(v.b), of(v.then), of(v.else))
      default:
        return Math.max(of(v.a), of(v.b))
    }
  }

  keyOf(v: V, group: number): string {
    const of = (x: V) => this.keyOf(x, group)
    switch (v.k) {
      case "const":
        return `const ${floatBits(v.value)}`
      case "laneVar":
        return `%${this.variable(v.id, group).local}`
      case "load":
      case "splat": {
        const { base, offset } = lookup(this.pointers, v.from.id)
        return `${v.k} %${base.local} ${offset} ${v.offset} ${v.k === "load" ? group : ""}`
      }
      case "splatInt":
      case "bits":
        return `${v.k} ${this.#integers.keyOf(v.value)}`
      case "example":
        return `example ${group}`
      case "bitShl":
      case "bitShr":
        return `(${v.k} ${of(v.a)} ${v.by})`
      case "neg":
      case "abs":
      case "sqrt":
      case "asFloat":
      case "asBits":
      case "toFloat":
        return `(${v.k} ${of(v.a)})`
      case "fma":
        return `(fma ${of(v.a)} ${of(v.b)} ${of(v.c)})`
      case "ifLess":
      case "ifEqual":
        return `(${v.k} ${of(v.a)} ${of(v.b)} ${of(v.then)} ${of(v.else)})`
      default:
        return `(${v.k} ${of(v.a)} ${of(v.b)})`
    }
  }

  hoisted(v: V, group: number, depth: number): number {
    const { before, known } = this.#integers.levels[depth + 1]
    const key = this.keyOf(v, group)
    let local = known.get(key)
    if (local === undefined) {
      local = this.#integers.writer.local("v128")
      this.#here(before, v, group, depth)
      before.op("local.set", local)
      known.set(key, local)
    }
    return local
  }

  /** Pushes a vector onto the stack, at loop depth `depth`. */
  push(code: Code, v: V, group: number, depth: number): void {
    if (v.k === "laneVar") code.op("local.get", this.variable(v.id, group).local)
    else if (isConst(v, 0)) code.vector([0, 0, 0, 0])
    else {
      const own = this.depthOf(v, group)
      if (own < depth) code.op("local.get", this.hoisted(v, group, own))
      else this.#here(code, v, group, depth)
    }
  }

  #here(code: Code, v: V, group: number, depth: number): void {
    const push = (x: V) => this.push(code, x, group, depth)
    switch (v.k) {
      case "const":
        code.vector(new Array(WIDTH).fill(floatBits(v.value)))
        return
      case "laneVar":
        push(v)
        return
      case "load":
      case "splat": {
        const { base, offset } = lookup(this.pointers, v.from.id)
        code.op("local.get", base.local)
        if (v.k === "load")
          code.memory("v128.load", 4, this.offset(offset + v.offset * LANE_BYTES + group * VECTOR_BYTES))
        else code.memory("v128.load32_splat", 2, this.offset(offset + v.offset * 4))
        return
      }
      case "splatInt":
        this.#integers.push(code, v.value, depth)
        code.op("f32.convert_i32_s").op("f32x4.splat")
        return
      case "bits":
        if (v.value.k === "int") code.vector(new Array(WIDTH).fill(v.value.value))
        else {
          this.#integers.push(code, v.value, depth)
          code.op("i32x4.splat")
        }
        return
      case "example": {
        const first: Int = { k: "context", field: "firstExample" }
        const within: Int = this.#integers.group
          ? { k: "shr", a: this.#integers.group, b: { k: "int", value: 2 } }
          : { k: "int", value: group * WIDTH }
        this.#integers.push(code, { k: "add", a: first, b: within }, depth)
        code.op("i32x4.splat").vector([0, 1, 2, 3]).op("i32x4.add")
        return
      }
      case "fma":
        push(v.a)
        push(v.b)
        if (this.#relaxed) {
          push(v.c)
          code.op("f32x4.relaxed_madd")
        } else {
          code.op("f32x4.mul")
          push(v.c)
          code.op("f32x4.add")
        }
        return
      case "min": // a < b ? a : b, as on x86 and in the C renderer; pmin is b < a ? b : a
      case "max":
        push(v.b)
        push(v.a)
        code.op(v.k === "min" ? "f32x4.pmin" : "f32x4.pmax")
        return
      case "neg":
      case "abs":
      case "sqrt":
        push(v.a)
        code.op(`f32x4.${v.k}`)
        return
      case "ifLess":
      case "ifEqual":
        this.#select(code, v, group, depth)
        return
      case "bitShl":
      case "bitShr":
        push(v.a)
        code.constant(v.by).op(v.k === "bitShl" ? "i32x4.shl" : "i32x4.shr_u")
        return
      case "asFloat":
      case "asBits":
        push(v.a)
        return
      case "toFloat":
        push(v.a)
        code.op("f32x4.convert_i32x4_s")
        return
      default:
        push(v.a)
        push(v.b)
        code.op(plainBinary[v.k])
    }
  }

  condition(code: Code, v: Condition, group: number, depth: number): void {
    this.push(code, v.a, group, depth)
    this.push(code, v.b, group, depth)
    code.op(v.k === "ifLess" ? "f32x4.lt" : "f32x4.eq")
  }

  #select(code: Code, v: Condition, group: number, depth: number): void {
    const push = (x: V) => this.push(code, x, group, depth)
    let [yes, no] = [v.then, v.else]
    let mask = () => this.condition(code, v, group, depth)
    if (v.k === "ifEqual" && isConst(v.b, 0)) {
      // "flag equals 0" is the negated condition of the flag.
      const flag = v.a
      const known = flag.k === "laneVar" ? this.variable(flag.id, group).mask : undefined
      if (known !== undefined || isFlag(flag)) {
        ;[yes, no] = [no, yes]
        mask = () => {
          if (known !== undefined) code.op("local.get", known)
          else this.condition(code, flag as Condition, group, depth)
        }
      }
    }
    if (isConst(no, 0)) {
      push(yes)
      mask()
      code.op("v128.and")
    } else if (isConst(yes, 0)) {
      push(no)
      mask()
      code.op("v128.andnot")
    } else {
      push(yes)
      push(no)
      mask()
      code.op(this.#relaxed ? "i32x4.relaxed_laneselect" : "v128.bitselect")
    }
  }
}

const bitsOf = new DataView(new ArrayBuffer(4))
function floatBits(x: number): number {
  if (!Number.isFinite(Math.fround(x))) throw new Error(`constant ${x} is not finite in float32`)
  bitsOf.setFloat32(0, x)
  return bitsOf.getInt32(0)
}
