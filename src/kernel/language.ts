// The lane language, in which every op writes its loop nest once; renderers turn it into C, WebAssembly and
// WGSL.
//
// A kernel is a function of a context (L, T, step, ...) and of buffers. A lane value (V) holds the same
// number of several examples: one SIMD register on a CPU, one invocation on a GPU. The only operation across
// lanes is `sumLanes`. Integers (I) are the same in all lanes: addresses, counters, hashes. Iterations of the
// loops around `lanes` are independent, so a GPU runs them all at once. Dependent ones must be marked by
// `ordered`, or separated by a `barrier`.

/** Integers that every kernel can read, the same in all lanes. The backend sets them for each lane block. */
export const contextFields = ["L", "T", "step", "seed", "trainStep", "firstExample"] as const
export type ContextField = (typeof contextFields)[number]

// shr is unsigned; add and mul wrap around
export type IntBinary = "add" | "sub" | "mul" | "div" | "min" | "max" | "xor" | "shr"
export type I =
  | { readonly k: "int"; readonly value: number }
  | { readonly k: "intVar"; readonly id: number }
  | { readonly k: "context"; readonly field: ContextField }
  | { readonly k: IntBinary; readonly a: I; readonly b: I }

/** An element of a buffer: of a lane tensor (in the current lane group) or of a shared one. */
export interface Pointer {
  readonly id: number
  readonly lane: boolean
}

export type LaneBinary = "add" | "sub" | "mul" | "div" | "min" | "max"
export type BitsBinary = "xor" | "bitMul" | "bitAdd" | "bitAnd" | "bitOr"
export type V =
  | { readonly k: "const"; readonly value: number }
  | { readonly k: "laneVar"; readonly id: number }
  // an element of a lane tensor, at the pointer plus `offset`
  | { readonly k: "load"; readonly from: Pointer; readonly offset: number }
  // an element of a shared tensor, broadcast to all lanes
  | { readonly k: "splat"; readonly from: Pointer; readonly offset: number }
  | { readonly k: "splatInt"; readonly value: I } // converted to float
  | { readonly k: LaneBinary; readonly a: V; readonly b: V }
  // a·b + c, with a single rounding where the hardware has it
  | { readonly k: "fma"; readonly a: V; readonly b: V; readonly c: V }
  | { readonly k: "neg" | "abs" | "sqrt"; readonly a: V }
  | { readonly k: "ifLess" | "ifEqual"; readonly a: V; readonly b: V; readonly then: V; readonly else: V }
  // 32-bit patterns in lanes, for random bits, exp and log
  | { readonly k: "bits"; readonly value: I }
  | { readonly k: "example" } // index of each lane's example within the training step
  | { readonly k: BitsBinary; readonly a: V; readonly b: V }
  | { readonly k: "bitShl" | "bitShr"; readonly a: V; readonly by: number }
  // reinterpret as float, reinterpret as bits, convert from a signed integer
  | { readonly k: "asFloat" | "asBits" | "toFloat"; readonly a: V }

export type Statement =
  | { readonly k: "intLet" | "intSet"; readonly id: number; readonly value: I }
  | { readonly k: "laneLet" | "laneSet"; readonly id: number; readonly value: V }
  | { readonly k: "pointer"; readonly id: number; readonly lane: boolean; readonly buffer: number; readonly index: I }
  | { readonly k: "advance"; readonly id: number; readonly lane: boolean; readonly by: I }
  | { readonly k: "store"; readonly to: Pointer; readonly offset: number; readonly value: V }
  // shared to[index] = Σ over lanes of from[index]
  | { readonly k: "sumLanes"; readonly to: number; readonly from: number; readonly index: I }
  | {
      readonly k: "loop"
      readonly id: number
      readonly from: I
      readonly to: I
      readonly by: number
      readonly body: Statement[]
      /** For loops around `lanes`: an iteration reads what earlier iterations wrote. */
      readonly ordered?: boolean
      /**
       * For loops inside `lanes`: iterations only add to these variables, so invocations may share the loop.
       */
      readonly addsTo?: readonly number[]
    }
  | { readonly k: "lanes"; readonly body: Statement[] } // runs once per lane group of the block
  | { readonly k: "if"; readonly less: readonly [I, I]; readonly body: Statement[] }
  | { readonly k: "barrier" } // at the top level only: later statements see all earlier writes

/** A buffer parameter of a kernel. */
export interface KernelBuffer {
  readonly name: string
  readonly lane: boolean
}

export interface Kernel {
  readonly name: string
  readonly buffers: readonly KernelBuffer[]
  readonly body: readonly Statement[]
  readonly product?: MatrixProduct
}

/** What a whole kernel computes, as a matrix product, for devices with matrix instructions. */
export type MatrixProduct = ConvProduct | FilterProduct

/**
 * y[p, b] = added[p, b] + Σ over taps (i, j) and channels a of x[p + (i, j), a] · w[copy + tap, a, b]. With
 * `turned`, the weight is w[copy + last - tap, b, a].
 */
export interface ConvProduct {
  readonly k: "conv"
  readonly kl: number
  readonly kw: number
  readonly W: number
  readonly L: I
  readonly from: number
  readonly to: number
  readonly turned: boolean
  /** Offset of the kernel copy that the current step uses. */
  readonly copy: I
  readonly x: number
  readonly w: number
  readonly y: number
  readonly added: number | undefined
}

/**
 * dw[copy + ((i·kw + j)·A + a)·B + b] = Σ of x[position + (i, j), a] · dy[position, b] over steps, positions
 * of dy, and lanes.
 */
export interface FilterProduct {
  readonly k: "filter"
  readonly kl: number
  readonly kw: number
  readonly A: number
  readonly B: number
  readonly W: number
  readonly L: I
  /** Number of stacked pairs of tensors: the steps of a scan, or 1. */
  readonly steps: I
  /** Adds to the contents of dw. */
  readonly accumulate: boolean
  /** Offset of the kernel copy that the current step uses. */
  readonly copy: I
  readonly x: number
  readonly dy: number
  readonly dw: number
}

/** Limits of a renderer's target, by which kernels choose their register tiles. */
export interface Target {
  /** Number of SIMD registers that a kernel may fill with lane values. */
  readonly registers: number
  /** Iterations around `lanes` run at once, so splitting work for the sake of caches does not pay. */
  readonly parallel?: boolean
}

export interface LoopOptions {
  readonly ordered?: boolean
  readonly addsTo?: readonly V[]
}

type IntOperand = I | number
export const int = (x: IntOperand): I => (typeof x === "number" ? { k: "int", value: x } : x)
/** Operations whose lanes are 32-bit patterns instead of floats. */
export const bitKinds = new Set<V["k"]>([
  "bits",
  "example",
  "xor",
  "bitMul",
  "bitAdd",
  "bitAnd",
  "bitOr",
  "bitShl",
  "bitShr",
  "asBits",
])

const intBinary = (k: IntBinary, a: IntOperand, b: IntOperand): I => {
  const [x, y] = [int(a), int(b)]
  if (x.k === "int" && y.k === "int") return int(foldInt(k, x.value, y.value))
  if (y.k === "int" && y.value === 0 && (k === "add" || k === "sub")) return x
  if (x.k === "int" && x.value === 0 && k === "add") return y
  if (y.k === "int" && y.value === 1 && k === "mul") return x
  if (k === "mul" && ((y.k === "int" && y.value === 0) || (x.k === "int" && x.value === 0))) return int(0)
  return { k, a: x, b: y }
}
/** The result of an integer operation on constants, wrapped to 32 bits. */
export function foldInt(k: IntBinary, a: number, b: number): number {
  switch (k) {
    case "add":
      return (a + b) | 0
    case "sub":
      return (a - b) | 0
    case "mul":
      return Math.imul(a, b)
    case "div":
      return (a / b) | 0
    case "min":
      return Math.min(a, b)
    case "max":
      return Math.max(a, b)
    case "xor":
      return a ^ b
    case "shr":
      return (a >>> b) | 0
  }
}
export const iadd = (a: IntOperand, b: IntOperand): I => intBinary("add", a, b)
export const isub = (a: IntOperand, b: IntOperand): I => intBinary("sub", a, b)
export const imul = (a: IntOperand, b: IntOperand): I => intBinary("mul", a, b)
export const idiv = (a: IntOperand, b: IntOperand): I => intBinary("div", a, b)
export const imin = (a: IntOperand, b: IntOperand): I => intBinary("min", a, b)
export const imax = (a: IntOperand, b: IntOperand): I => intBinary("max", a, b)
export const ixor = (a: IntOperand, b: IntOperand): I => intBinary("xor", a, b)
export const ishr = (a: IntOperand, by: number): I => intBinary("shr", a, by)
export const context = (field: ContextField): I => ({ k: "context", field })

type LaneOperand = V | number
export const lane = (x: LaneOperand): V => (typeof x === "number" ? { k: "const", value: x } : x)
const laneBinary =
  (k: LaneBinary) =>
  (a: LaneOperand, b: LaneOperand): V => ({ k, a: lane(a), b: lane(b) })
export const vadd = laneBinary("add")
export const vsub = laneBinary("sub")
export const vmul = laneBinary("mul")
export const vdiv = laneBinary("div")
export const vmin = laneBinary("min")
export const vmax = laneBinary("max")
export const fma = (a: LaneOperand, b: LaneOperand, c: LaneOperand): V => ({
  k: "fma",
  a: lane(a),
  b: lane(b),
  c: lane(c),
})
export const ifLess = (a: LaneOperand, b: LaneOperand, then: LaneOperand, otherwise: LaneOperand): V => ({
  k: "ifLess",
  a: lane(a),
  b: lane(b),
  then: lane(then),
  else: lane(otherwise),
})
export const ifEqual = (a: LaneOperand, b: LaneOperand, then: LaneOperand, otherwise: LaneOperand): V => ({
  k: "ifEqual",
  a: lane(a),
  b: lane(b),
  then: lane(then),
  else: lane(otherwise),
})

/** Builds one kernel. Nested blocks (loop, lanes, when) are written by callbacks. */
export class KernelBuilder {
  readonly buffers: KernelBuffer[] = []
  readonly target: Target
  readonly #root: Statement[] = []
  #block = this.#root
  #ids = 0
  #product: MatrixProduct | undefined

  constructor(target: Target) {
    this.target = target
  }

  finish(name: string): Kernel {
    const product = this.#product ? { product: this.#product } : {}
    return { name, buffers: this.buffers, body: this.#root, ...product }
  }

  /** Declares that the whole kernel computes this product. */
  product(product: MatrixProduct): void {
    this.#product = product
  }

  /** Declares a buffer parameter and returns its number, in the order of the calls. */
  buffer(name: string, lane = true): number {
    return this.buffers.push({ name, lane }) - 1
  }

  #inside(body: Statement[], write: () => void): void {
    const outer = this.#block
    this.#block = body
    write()
    this.#block = outer
  }

  loop(from: IntOperand, to: IntOperand, write: (i: I) => void, by = 1, options: LoopOptions = {}): void {
    const id = this.#ids++
    const body: Statement[] = []
    const { ordered } = options
    const addsTo = options.addsTo?.map((v) => {
      if (v.k !== "laneVar") throw new Error("loop: addsTo accepts only variables")
      return v.id
    })
    const notes = { ...(ordered ? { ordered } : {}), ...(addsTo ? { addsTo } : {}) }
    this.#block.push({ k: "loop", id, from: int(from), to: int(to), by, body, ...notes })
    this.#inside(body, () => write({ k: "intVar", id }))
  }

  lanes(write: () => void): void {
    const body: Statement[] = []
    this.#block.push({ k: "lanes", body })
    this.#inside(body, write)
  }

  /** Runs the block only if a < b. */
  when(a: IntOperand, b: IntOperand, write: () => void): void {
    const body: Statement[] = []
    this.#block.push({ k: "if", less: [int(a), int(b)], body })
    this.#inside(body, write)
  }

  /** Makes all earlier writes visible to later statements; at the top level only. */
  barrier(): void {
    this.#block.push({ k: "barrier" })
  }

  intLet(value: I): I {
    if (value.k === "int" || value.k === "intVar") return value
    const id = this.#ids++
    this.#block.push({ k: "intLet", id, value })
    return { k: "intVar", id }
  }

  /** Declares a named lane value. `set` assigns to it again. */
  let(value: LaneOperand): V {
    const id = this.#ids++
    this.#block.push({ k: "laneLet", id, value: lane(value) })
    return { k: "laneVar", id }
  }

  set(variable: V, value: V): void {
    if (variable.k !== "laneVar") throw new Error("set: not a variable")
    this.#block.push({ k: "laneSet", id: variable.id, value })
  }

  /** A pointer to element `index` of a buffer. For a lane buffer, call it inside `lanes`. */
  pointer(buffer: number, index: IntOperand): Pointer {
    const id = this.#ids++
    const { lane } = this.buffers[buffer]
    this.#block.push({ k: "pointer", id, lane, buffer, index: int(index) })
    return { id, lane }
  }

  /** Moves a pointer by a number of elements. */
  advance(pointer: Pointer, by: IntOperand): void {
    this.#block.push({ k: "advance", id: pointer.id, lane: pointer.lane, by: int(by) })
  }

  load(from: Pointer, offset = 0): V {
    return from.lane ? { k: "load", from, offset } : { k: "splat", from, offset }
  }

  /** Loads `count` consecutive elements, each once. */
  loadEach(from: Pointer, count: number, offset = 0): readonly V[] {
    return Array.from({ length: count }, (_, i) => this.let(this.load(from, offset + i)))
  }

  store(to: Pointer, value: LaneOperand, offset = 0): void {
    this.#block.push({ k: "store", to, offset, value: lane(value) })
  }

  /**
   * shared[to][index] = sum of lane[from][index] over the lanes of the block. The order is a fixed tree: lane
   * i with i+8, then i+4, i+2, i+1.
   */
  sumLanes(to: number, from: number, index: I): void {
    this.#block.push({ k: "sumLanes", to, from, index })
  }
}
