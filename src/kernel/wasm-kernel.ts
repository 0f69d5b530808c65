// One kernel of the lane language as one WebAssembly function. What the compilers behind WebAssembly do not do is done here:
// - whatever does not change inside a loop (addresses, constants, shared scalars) is computed before it;
// - addresses are a base that belongs to the outer loops plus what the inner loop adds, and a constant in the instruction;
// - the four lane groups of a block are written out one after the other where that costs no registers, else they are a loop.

import { type Code, FunctionWriter, Code as Piece } from "./assembler.ts"
import { contextFields, type I, type IntBinary, type Kernel, LANES, type Statement, type V } from "./language.ts"

const WIDTH = 4 // lanes in a vector
const GROUPS = LANES / WIDTH
const VECTOR_BYTES = 4 * WIDTH
const LANE_BYTES = 4 * LANES // an element of a lane tensor

/** Lane variables that may live in all four groups at once: more would not stay in registers. */
const MOST_CARRIED = 2
/** Statements of a `lanes` block that are written out four times. */
const MOST_UNROLLED = 400

/** An integer that stands in a local, and how many loops deep it was computed (1: in the function itself, 0: an argument). */
interface Local {
  readonly k: "local"
  readonly local: number
  readonly depth: number
}
type Int = I | Local | { readonly k: IntBinary; readonly a: Int; readonly b: Int }

interface PointerState {
  readonly buffer: number
  readonly lane: boolean
  readonly moves: boolean
  readonly base: Local
  readonly offset: number // bytes, not negative
}

interface Variable {
  readonly local: number
  readonly depth: number
  readonly changes: boolean
  /** Where the value is a condition's 1 or 0: the condition itself, all bits set or none. */
  readonly mask: number | undefined
}

interface Level {
  /** Runs once before the loop, only if the loop runs at all. */
  readonly before: Code
  readonly known: Map<string, number>
}

type Condition = V & { readonly k: "ifLess" | "ifEqual" }
type Conditional = V & { readonly k: "const" }

const isConst = (v: V, value: number): v is Conditional => v.k === "const" && Object.is(v.value, value)
const isFlag = (v: V): v is Condition =>
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

export interface RenderedKernel {
  readonly writer: FunctionWriter
  /** The largest constant offset of a load or store. */
  readonly largestOffset: number
}

/** Parameters of the function: the address of the context, then of each buffer. */
export function renderKernel(kernel: Kernel, options: { readonly relaxed?: boolean }): RenderedKernel {
  const renderer = new KernelRenderer(kernel, options.relaxed ?? false)
  renderer.render()
  return renderer
}

class KernelRenderer implements RenderedKernel {
  readonly writer: FunctionWriter
  largestOffset = 0
  readonly #kernel: Kernel
  readonly #relaxed: boolean
  readonly #moving = new Set<number>() // pointers that advance
  readonly #changing = new Set<number>() // lane variables that are set again
  readonly #written = new Set<number>() // buffers that are stored to
  readonly #ints = new Map<number, Local>()
  readonly #definitions = new Map<number, I>()
  readonly #pointers = new Map<number, PointerState>()
  readonly #lanes = new Map<string, Variable>()
  readonly #levels: Level[] = []
  #code: Code
  #group: Local | undefined // byte offset of the lane group, where the groups are a loop
  #groups: readonly number[] = [0]
  #conditional = 0 // loads that stand inside an `if` or a loop at this depth must not move out of it

  constructor(kernel: Kernel, relaxed: boolean) {
    this.#kernel = kernel
    this.#relaxed = relaxed
    this.writer = new FunctionWriter(kernel.name, 1 + kernel.buffers.length)
    this.#code = this.writer.code
    const buffers = new Map<number, number>()
    const note = (statements: readonly Statement[]): void => {
      for (const s of statements) {
        if (s.k === "pointer") buffers.set(s.id, s.buffer)
        if (s.k === "advance") this.#moving.add(s.id)
        if (s.k === "laneSet") this.#changing.add(s.id)
        if (s.k === "store") this.#written.add(buffers.get(s.to.id) as number)
        if (s.k === "sumLanes") this.#written.add(s.to)
        if ("body" in s) note(s.body)
      }
    }
    note(kernel.body)
  }

  render(): void {
    const none = { before: new Piece(), known: new Map<string, number>() }
    const entry = { before: new Piece(), known: new Map<string, number>() }
    this.#levels.push(none, entry)
    this.#code.append(entry.before)
    this.#block(this.#kernel.body)
  }

  get #depth(): number {
    return this.#levels.length - 1
  }

  // ---- statements ----

  #block(statements: readonly Statement[]): void {
    let i = 0
    while (i < statements.length) {
      // runs of lane statements are written group after group, so that only one group's values are alive at a time
      const run: Statement[] = []
      for (; i < statements.length && isStraight(statements[i]); i++) run.push(statements[i])
      for (const s of run) {
        if (s.k === "intLet") this.#intLet(s.id, s.value)
        if (s.k === "pointer") this.#pointer(s.id, s.lane, s.buffer, s.index)
      }
      for (const group of this.#groups)
        for (const s of run) {
          if (s.k === "laneLet") this.#laneLet(s.id, s.value, group)
          if (s.k === "laneSet") this.#laneSet(s.id, s.value, group)
          if (s.k === "store") this.#store(s.to.id, s.offset, s.value, group)
        }
      if (i < statements.length) this.#control(statements[i++])
    }
  }

  #control(s: Statement): void {
    switch (s.k) {
      case "advance": {
        const pointer = this.#pointers.get(s.id) as PointerState
        this.#code.op("local.get", pointer.base.local)
        this.#int(this.#code, times(s.by, s.lane ? LANE_BYTES : 4), this.#depth)
        this.#code.op("i32.add").op("local.set", pointer.base.local)
        break
      }
      case "loop":
        this.#loop(s.from, s.to, s.by, usesInt(s.body, s.id), (at) => {
          this.#ints.set(s.id, at)
          this.#block(s.body)
        })
        break
      case "lanes":
        this.#lanesBlock(s.body)
        break
      case "if":
        this.#int(this.#code, s.less[0], this.#depth)
        this.#int(this.#code, s.less[1], this.#depth)
        this.#code.op("i32.lt_s").open("if")
        this.#inside(() => this.#block(s.body))
        this.#code.op("end")
        break
      case "sumLanes":
        this.#sumLanes(s.to, s.from, s.index)
        break
      default:
        throw new Error(`wasm: statement ${s.k} is not known`)
    }
  }

  #inside(write: () => void): void {
    const before = this.#conditional
    this.#conditional = Math.max(before, this.#depth)
    write()
    this.#conditional = before
  }

  #loop(from: Int, to: Int, by: number, counted: boolean, write: (at: Local) => void): void {
    const sure = from.k === "int" && to.k === "int"
    if (sure && from.value >= to.value) return
    const outer = this.#depth
    if (!sure) {
      this.#int(this.#code, from, outer)
      this.#int(this.#code, to, outer)
      this.#code.op("i32.lt_s").open("if")
    }
    const counter: Local = { k: "local", local: this.writer.local("i32"), depth: outer + 1 }
    const before = new Piece()
    const body = () => {
      this.#levels.push({ before, known: new Map() })
      this.#code.append(before)
      if (counted || by !== 1) {
        this.#int(this.#code, from, outer)
        this.#code.op("local.set", counter.local).open("loop")
        write(counter)
        this.#code.op("local.get", counter.local).constant(by).op("i32.add").op("local.tee", counter.local)
        this.#int(this.#code, to, outer + 1)
        this.#code.op("i32.lt_s")
      } else {
        this.#int(this.#code, difference(to, from), outer)
        this.#code.op("local.set", counter.local).open("loop")
        write(counter)
        this.#code.op("local.get", counter.local).constant(1).op("i32.sub").op("local.tee", counter.local)
      }
      this.#code.op("br_if", 0).op("end")
      this.#levels.pop()
    }
    if (sure) body()
    else {
      this.#inside(body)
      this.#code.op("end")
    }
  }

  #lanesBlock(body: readonly Statement[]): void {
    if (this.#mayUnroll(body)) {
      this.#groups = Array.from({ length: GROUPS }, (_, g) => g)
      this.#block(body)
      this.#groups = [0]
    } else
      this.#loop({ k: "int", value: 0 }, { k: "int", value: LANE_BYTES }, VECTOR_BYTES, true, (at) => {
        this.#group = at
        this.#block(body)
        this.#group = undefined
      })
  }

  #mayUnroll(body: readonly Statement[]): boolean {
    let statements = 0
    const carried = new Set<number>()
    const visit = (list: readonly Statement[]): void => {
      for (const s of list) {
        if (s.k === "laneLet" || s.k === "laneSet" || s.k === "store") statements++
        if (s.k === "laneSet") carried.add(s.id)
        if ("body" in s) visit(s.body)
      }
    }
    visit(body)
    return carried.size <= MOST_CARRIED && statements <= MOST_UNROLLED
  }

  #intLet(id: number, value: I): void {
    this.#definitions.set(id, value)
    this.#ints.set(id, this.#placed(value))
  }

  /** The value in a local: one computed before the loop, if it can be. */
  #placed(value: Int): Local {
    const resolved = this.#resolve(value)
    if (resolved.k === "local") return resolved
    const depth = this.#intDepth(value)
    if (depth < this.#depth) return { k: "local", local: this.#hoisted(value, depth), depth }
    const local = this.writer.local("i32")
    this.#int(this.#code, value, this.#depth)
    this.#code.op("local.set", local)
    return { k: "local", local, depth: this.#depth }
  }

  #pointer(id: number, lane: boolean, buffer: number, index: I): void {
    const { base, offset } = this.#address(buffer, index, lane ? LANE_BYTES : 4, lane)
    const moves = this.#moving.has(id)
    let place: Local
    if (moves) {
      place = { k: "local", local: this.writer.local("i32"), depth: this.#depth }
      this.#int(this.#code, base, this.#depth)
      this.#code.op("local.set", place.local)
    } else place = this.#placed(base)
    this.#pointers.set(id, { buffer, lane, moves, base: place, offset })
  }

  /** buffer + index · bytes (+ the lane group), the terms of outer loops first, and the constant part where it is positive. */
  #address(buffer: number, index: I, bytes: number, lane: boolean): { base: Int; offset: number } {
    const terms = new Map<string, { atom: Int; factor: number }>()
    let constant = 0
    const add = (i: I, factor: number): void => {
      const definition = i.k === "intVar" ? this.#definitions.get(i.id) : undefined
      if (definition && ["add", "sub", "mul", "int", "intVar"].includes(definition.k)) return add(definition, factor)
      if (i.k === "int") constant += i.value * factor
      else if (i.k === "add" || i.k === "sub") {
        add(i.a, factor)
        add(i.b, i.k === "add" ? factor : -factor)
      } else if (i.k === "mul" && i.b.k === "int") add(i.a, factor * i.b.value)
      else if (i.k === "mul" && i.a.k === "int") add(i.b, factor * i.a.value)
      else {
        const key = this.#intKey(i)
        terms.set(key, { atom: i, factor: (terms.get(key)?.factor ?? 0) + factor })
      }
    }
    add(index, bytes)
    if (lane && this.#group) terms.set("group", { atom: this.#group, factor: 1 })
    let base: Int = { k: "local", local: 1 + buffer, depth: 0 }
    if (constant < 0) base = { k: "add", a: base, b: { k: "int", value: constant } }
    const sorted = [...terms.values()]
      .filter((t) => t.factor !== 0)
      .sort((a, b) => this.#intDepth(a.atom) - this.#intDepth(b.atom))
    for (const { atom, factor } of sorted) base = { k: "add", a: base, b: times(atom, factor) }
    return { base, offset: Math.max(0, constant) }
  }

  #laneLet(id: number, value: V, group: number): void {
    const changes = this.#changing.has(id)
    const key = `${id} ${group}`
    if (!changes && value.k === "laneVar") {
      const same = this.#variable(value.id, group)
      if (!same.changes) {
        this.#lanes.set(key, same)
        return
      }
    }
    const depth = changes ? this.#depth : Math.min(this.#depth, this.#laneDepth(value, group))
    let mask: number | undefined
    if (isFlag(value) && !changes) {
      mask = this.writer.local("v128")
      const code = depth < this.#depth ? this.#levels[depth + 1].before : this.#code
      this.#condition(code, value, group, depth)
      code.op("local.set", mask)
    }
    let local: number
    if (depth < this.#depth) local = this.#hoistedLane(value, group, depth)
    else {
      local = this.writer.local("v128")
      this.#lane(this.#code, value, group, this.#depth)
      this.#code.op("local.set", local)
    }
    this.#lanes.set(key, { local, depth, changes, mask })
  }

  #laneSet(id: number, value: V, group: number): void {
    this.#lane(this.#code, value, group, this.#depth)
    this.#code.op("local.set", this.#variable(id, group).local)
  }

  #store(id: number, offset: number, value: V, group: number): void {
    const { base, offset: at, lane } = this.#pointers.get(id) as PointerState
    if (!lane) throw new Error(`wasm: ${this.#kernel.name} stores lanes to a shared buffer`)
    this.#code.op("local.get", base.local)
    this.#lane(this.#code, value, group, this.#depth)
    this.#code.memory("v128.store", 4, this.#offset(at + offset * LANE_BYTES + group * VECTOR_BYTES))
  }

  #sumLanes(to: number, from: number, index: I): void {
    const [source, target] = [this.#address(from, index, LANE_BYTES, false), this.#address(to, index, 4, false)]
    const base = this.#placed(source.base).local
    const sum = this.writer.local("v128")
    const code = this.#code
    this.#int(code, target.base, this.#depth)
    const load = (group: number) =>
      code.op("local.get", base).memory("v128.load", 4, this.#offset(source.offset + group * VECTOR_BYTES))
    load(0)
    load(2)
    code.op("f32x4.add")
    load(1)
    load(3)
    code.op("f32x4.add").op("f32x4.add").op("local.tee", sum).op("local.get", sum).op("local.get", sum)
    code.op("i8x16.shuffle", ...Array.from({ length: 16 }, (_, i) => (i + 8) % 16))
    code.op("f32x4.add").op("local.tee", sum).op("f32x4.extract_lane", 0)
    code.op("local.get", sum).op("f32x4.extract_lane", 1).op("f32.add")
    code.memory("f32.store", 2, this.#offset(target.offset))
  }

  #offset(bytes: number): number {
    this.largestOffset = Math.max(this.largestOffset, bytes)
    return bytes
  }

  // ---- integers ----

  #resolve(i: Int): Int {
    return i.k === "intVar" ? (this.#ints.get(i.id) as Local) : i
  }

  #intDepth(value: Int): number {
    const i = this.#resolve(value)
    if (i.k === "int" || i.k === "context") return 0
    if (i.k === "local") return i.depth
    if (i.k === "intVar") throw new Error("wasm: an integer is read before it is named")
    if (i.k === "div" && !(i.b.k === "int" && i.b.value !== 0)) return Number.POSITIVE_INFINITY // may trap: stays
    return Math.max(this.#intDepth(i.a), this.#intDepth(i.b))
  }

  #intKey(value: Int): string {
    const i = this.#resolve(value)
    if (i.k === "int") return `${i.value}`
    if (i.k === "context") return i.field
    if (i.k === "local") return `%${i.local}`
    if (i.k === "intVar") throw new Error("wasm: an integer is read before it is named")
    return `(${i.k} ${this.#intKey(i.a)} ${this.#intKey(i.b)})`
  }

  /** Pushes an integer, at a place `depth` loops deep. */
  #int(code: Code, value: Int, depth: number): void {
    const i = this.#resolve(value)
    if (i.k === "int") code.constant(i.value)
    else if (i.k === "local") code.op("local.get", i.local)
    else {
      const own = this.#intDepth(i)
      if (own < depth) code.op("local.get", this.#hoisted(i, own))
      else this.#intHere(code, i, depth)
    }
  }

  #hoisted(i: Int, depth: number): number {
    const { before, known } = this.#levels[depth + 1]
    const key = this.#intKey(i)
    let local = known.get(key)
    if (local === undefined) {
      local = this.writer.local("i32")
      this.#intHere(before, i, depth)
      before.op("local.set", local)
      known.set(key, local)
    }
    return local
  }

  #intHere(code: Code, value: Int, depth: number): void {
    const i = this.#resolve(value)
    switch (i.k) {
      case "int":
      case "local":
        return this.#int(code, i, depth)
      case "intVar":
        throw new Error("wasm: an integer is read before it is named")
      case "context":
        code.op("local.get", 0).memory("i32.load", 2, 4 * contextFields.indexOf(i.field))
        return
      case "min":
      case "max": {
        const [a, b] = [this.writer.local("i32"), this.writer.local("i32")]
        this.#int(code, i.a, depth)
        code.op("local.tee", a)
        this.#int(code, i.b, depth)
        code.op("local.tee", b).op("local.get", a).op("local.get", b)
        code.op(i.k === "min" ? "i32.lt_s" : "i32.gt_s").op("select")
        return
      }
      default: {
        this.#int(code, i.a, depth)
        if (i.k === "mul" && i.b.k === "int" && i.b.value > 0 && Number.isInteger(Math.log2(i.b.value))) {
          code.constant(Math.log2(i.b.value)).op("i32.shl")
          return
        }
        this.#int(code, i.b, depth)
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

  // ---- lanes ----

  /** A variable that was named outside `lanes` is the same for all groups. */
  #variable(id: number, group: number): Variable {
    const found = this.#lanes.get(`${id} ${group}`) ?? this.#lanes.get(`${id} 0`)
    if (!found) throw new Error(`wasm: ${this.#kernel.name} reads a lane variable before it is named`)
    return found
  }

  /** How many loops deep a value can first be computed. */
  #laneDepth(v: V, group: number): number {
    const of = (x: V) => this.#laneDepth(x, group)
    switch (v.k) {
      case "const":
        return 0
      case "laneVar": {
        const { changes, depth } = this.#variable(v.id, group)
        return changes ? Number.POSITIVE_INFINITY : depth
      }
      case "load":
      case "splat": {
        const { moves, buffer, base } = this.#pointers.get(v.from.id) as PointerState
        return moves || this.#written.has(buffer) ? Number.POSITIVE_INFINITY : Math.max(base.depth, this.#conditional)
      }
      case "splatInt":
      case "bits":
        return this.#intDepth(v.value)
      case "example":
        return this.#group?.depth ?? 0
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

  #laneKey(v: V, group: number): string {
    const of = (x: V) => this.#laneKey(x, group)
    switch (v.k) {
      case "const":
        return `const ${floatBits(v.value)}`
      case "laneVar":
        return `%${this.#variable(v.id, group).local}`
      case "load":
      case "splat": {
        const { base, offset } = this.#pointers.get(v.from.id) as PointerState
        return `${v.k} %${base.local} ${offset} ${v.offset} ${v.k === "load" ? group : ""}`
      }
      case "splatInt":
      case "bits":
        return `${v.k} ${this.#intKey(v.value)}`
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

  #hoistedLane(v: V, group: number, depth: number): number {
    const { before, known } = this.#levels[depth + 1]
    const key = this.#laneKey(v, group)
    let local = known.get(key)
    if (local === undefined) {
      local = this.writer.local("v128")
      this.#laneHere(before, v, group, depth)
      before.op("local.set", local)
      known.set(key, local)
    }
    return local
  }

  /** Pushes a vector, at a place `depth` loops deep. */
  #lane(code: Code, v: V, group: number, depth: number): void {
    if (v.k === "laneVar") code.op("local.get", this.#variable(v.id, group).local)
    else if (isConst(v, 0)) code.vector([0, 0, 0, 0])
    else {
      const own = this.#laneDepth(v, group)
      if (own < depth) code.op("local.get", this.#hoistedLane(v, group, own))
      else this.#laneHere(code, v, group, depth)
    }
  }

  #laneHere(code: Code, v: V, group: number, depth: number): void {
    const push = (x: V) => this.#lane(code, x, group, depth)
    switch (v.k) {
      case "const":
        code.vector(new Array(WIDTH).fill(floatBits(v.value)))
        return
      case "laneVar":
        return push(v)
      case "load":
      case "splat": {
        const { base, offset } = this.#pointers.get(v.from.id) as PointerState
        code.op("local.get", base.local)
        if (v.k === "load")
          code.memory("v128.load", 4, this.#offset(offset + v.offset * LANE_BYTES + group * VECTOR_BYTES))
        else code.memory("v128.load32_splat", 2, this.#offset(offset + v.offset * 4))
        return
      }
      case "splatInt":
        this.#int(code, v.value, depth)
        code.op("f32.convert_i32_s").op("f32x4.splat")
        return
      case "bits":
        if (v.value.k === "int") code.vector(new Array(WIDTH).fill(v.value.value))
        else {
          this.#int(code, v.value, depth)
          code.op("i32x4.splat")
        }
        return
      case "example": {
        const first: Int = { k: "context", field: "firstExample" }
        const within: Int = this.#group
          ? { k: "shr", a: this.#group, b: { k: "int", value: 2 } }
          : { k: "int", value: group * WIDTH }
        this.#int(code, { k: "add", a: first, b: within }, depth)
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
      case "min": // a < b ? a : b, as x86 and the C renderer have it; pmin is b < a ? b : a
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
        return this.#select(code, v, group, depth)
      case "bitShl":
      case "bitShr":
        push(v.a)
        code.constant(v.by).op(v.k === "bitShl" ? "i32x4.shl" : "i32x4.shr_u")
        return
      case "asFloat":
      case "asBits":
        return push(v.a)
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

  #condition(code: Code, v: Condition, group: number, depth: number): void {
    this.#lane(code, v.a, group, depth)
    this.#lane(code, v.b, group, depth)
    code.op(v.k === "ifLess" ? "f32x4.lt" : "f32x4.eq")
  }

  #select(code: Code, v: Condition, group: number, depth: number): void {
    const push = (x: V) => this.#lane(code, x, group, depth)
    let [yes, no] = [v.then, v.else]
    let mask = () => this.#condition(code, v, group, depth)
    if (v.k === "ifEqual" && isConst(v.b, 0)) {
      // "is this flag 0" asks for the flag's own condition, turned round
      const flag = v.a
      const known = flag.k === "laneVar" ? this.#variable(flag.id, group).mask : undefined
      if (known !== undefined || isFlag(flag)) {
        ;[yes, no] = [no, yes]
        mask = () => {
          if (known !== undefined) code.op("local.get", known)
          else this.#condition(code, flag as Condition, group, depth)
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

const isStraight = (s: Statement): boolean =>
  s.k === "intLet" || s.k === "pointer" || s.k === "laneLet" || s.k === "laneSet" || s.k === "store"

const times = (a: Int, factor: number): Int => {
  if (a.k === "int") return { k: "int", value: Math.imul(a.value, factor) }
  return factor === 1 ? a : { k: "mul", a, b: { k: "int", value: factor | 0 } }
}

const difference = (a: Int, b: Int): Int => {
  if (a.k === "int" && b.k === "int") return { k: "int", value: a.value - b.value }
  return b.k === "int" && b.value === 0 ? a : { k: "sub", a, b }
}

const bitsOf = new DataView(new ArrayBuffer(4))
function floatBits(x: number): number {
  if (!Number.isFinite(Math.fround(x))) throw new Error(`constant ${x} is not finite in float32`)
  bitsOf.setFloat32(0, x)
  return bitsOf.getInt32(0)
}

/** Whether statements read an integer variable. */
function usesInt(statements: readonly Statement[], id: number): boolean {
  const visit = (x: unknown): boolean => {
    if (typeof x !== "object" || x === null) return false
    if ((x as { k?: string }).k === "intVar" && (x as { id: number }).id === id) return true
    return Object.values(x).some(visit)
  }
  return visit(statements)
}
