// Renders one kernel as one WebAssembly function. It does what WebAssembly compilers leave out:
// - loop invariants (addresses, constants, shared scalars) are computed before the loop;
// - an address is a base from the outer loops, plus a term of the inner loop, plus a constant in the
//   instruction;
// - if few lane values live across loops, statements are unrolled over all four lane groups of a block;
//   otherwise the groups are a loop.

import { lookup } from "../core/lookup.ts"
import { Code, FunctionWriter } from "./assembler.ts"
import type { I, Kernel, Statement, V } from "./language.ts"
import { difference, type Int, Integers, type Local, times } from "./wasm-int.ts"
import { GROUPS, isFlag, LANE_BYTES, LaneValues, VECTOR_BYTES } from "./wasm-lane.ts"

/** Most lane variables that may live across loops in all four groups; more would spill from registers. */
const MOST_CARRIED = 2
/** Most statements of a `lanes` block that are unrolled over the groups. */
const MOST_UNROLLED = 400

export interface RenderedKernel {
  readonly writer: FunctionWriter
  /** The largest constant offset of a load or store, in bytes. */
  readonly largestOffset: number
}

/** Renders a function of the address of the context, then that of each buffer. */
export function renderKernel(kernel: Kernel, options: { readonly relaxed?: boolean }): RenderedKernel {
  const renderer = new KernelRenderer(kernel, options.relaxed ?? false)
  renderer.render()
  return { writer: renderer.writer, largestOffset: renderer.lanes.largestOffset }
}

class KernelRenderer {
  readonly writer: FunctionWriter
  readonly lanes: LaneValues
  readonly #kernel: Kernel
  readonly #integers: Integers
  readonly #moving = new Set<number>() // pointers that are advanced
  readonly #changing = new Set<number>() // lane variables that are reassigned
  readonly #code: Code
  #groups: readonly number[] = [0]

  constructor(kernel: Kernel, relaxed: boolean) {
    this.#kernel = kernel
    this.writer = new FunctionWriter(kernel.name, 1 + kernel.buffers.length)
    this.#code = this.writer.code
    const entry = new Code()
    this.#code.append(entry)
    const buffers = new Map<number, number>()
    const written = new Set<number>()
    const note = (statements: readonly Statement[]): void => {
      for (const s of statements) {
        if (s.k === "pointer") buffers.set(s.id, s.buffer)
        if (s.k === "advance") this.#moving.add(s.id)
        if (s.k === "laneSet") this.#changing.add(s.id)
        if (s.k === "store") written.add(lookup(buffers, s.to.id))
        if (s.k === "sumLanes") written.add(s.to)
        if ("body" in s) note(s.body)
      }
    }
    note(kernel.body)
    this.#integers = new Integers(this.writer, entry)
    this.lanes = new LaneValues(this.#integers, written, relaxed)
  }

  render(): void {
    this.#block(this.#kernel.body)
  }

  get #depth(): number {
    return this.#integers.depth
  }

  #block(statements: readonly Statement[]): void {
    let i = 0
    while (i < statements.length) {
      // Each statement is written for all groups, so that their dependency chains overlap.
      const run: Statement[] = []
      for (; i < statements.length && isStraight(statements[i]); i++) run.push(statements[i])
      for (const s of run) {
        if (s.k === "intLet") this.#integers.define(this.#code, s.id, s.value)
        if (s.k === "pointer") this.#pointer(s.id, s.lane, s.buffer, s.index)
      }
      for (const s of run)
        for (const group of this.#groups) {
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
        const pointer = lookup(this.lanes.pointers, s.id)
        this.#code.op("local.get", pointer.base.local)
        this.#integers.push(this.#code, times(s.by, s.lane ? LANE_BYTES : 4), this.#depth)
        this.#code.op("i32.add").op("local.set", pointer.base.local)
        break
      }
      case "loop":
        this.#loop(s.from, s.to, s.by, usesInt(s.body, s.id), (at) => {
          this.#integers.bind(s.id, at)
          this.#block(s.body)
        })
        break
      case "lanes":
        this.#lanesBlock(s.body)
        break
      case "if":
        this.#integers.push(this.#code, s.less[0], this.#depth)
        this.#integers.push(this.#code, s.less[1], this.#depth)
        this.#code.op("i32.lt_s").open("if")
        this.#inside(() => this.#block(s.body))
        this.#code.op("end")
        break
      case "sumLanes":
        this.#sumLanes(s.to, s.from, s.index)
        break
      case "barrier": // one thread runs the whole kernel
        break
      default:
        throw new Error(`wasm: statement ${s.k} is not known`)
    }
  }

  #inside(write: () => void): void {
    const before = this.lanes.conditional
    this.lanes.conditional = Math.max(before, this.#depth)
    write()
    this.lanes.conditional = before
  }

  #loop(from: Int, to: Int, by: number, counted: boolean, write: (at: Local) => void): void {
    const sure = from.k === "int" && to.k === "int"
    if (sure && from.value >= to.value) return
    const outer = this.#depth
    if (!sure) {
      this.#integers.push(this.#code, from, outer)
      this.#integers.push(this.#code, to, outer)
      this.#code.op("i32.lt_s").open("if")
    }
    const counter: Local = { k: "local", local: this.writer.local("i32"), depth: outer + 1 }
    const before = new Code()
    const body = () => {
      this.#integers.levels.push({ before, known: new Map() })
      this.#code.append(before)
      if (counted || by !== 1) {
        this.#integers.push(this.#code, from, outer)
        this.#code.op("local.set", counter.local).open("loop")
        write(counter)
        this.#code.op("local.get", counter.local).constant(by).op("i32.add").op("local.tee", counter.local)
        this.#integers.push(this.#code, to, outer + 1)
        this.#code.op("i32.lt_s")
      } else {
        this.#integers.push(this.#code, difference(to, from), outer)
        this.#code.op("local.set", counter.local).open("loop")
        write(counter)
        this.#code.op("local.get", counter.local).constant(1).op("i32.sub").op("local.tee", counter.local)
      }
      this.#code.op("br_if", 0).op("end")
      this.#integers.levels.pop()
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
        this.#integers.group = at
        this.#block(body)
        this.#integers.group = undefined
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

  #pointer(id: number, lane: boolean, buffer: number, index: I): void {
    const { base, offset } = this.#integers.address(buffer, index, lane ? LANE_BYTES : 4, lane)
    const moves = this.#moving.has(id)
    let place: Local
    if (moves) {
      place = { k: "local", local: this.writer.local("i32"), depth: this.#depth }
      this.#integers.push(this.#code, base, this.#depth)
      this.#code.op("local.set", place.local)
    } else place = this.#integers.placed(this.#code, base)
    this.lanes.pointers.set(id, { buffer, lane, moves, base: place, offset })
  }

  #laneLet(id: number, value: V, group: number): void {
    const changes = this.#changing.has(id)
    const key = `${id} ${group}`
    if (!changes && value.k === "laneVar") {
      const same = this.lanes.variable(value.id, group)
      if (!same.changes) {
        this.lanes.variables.set(key, same)
        return
      }
    }
    const depth = changes ? this.#depth : Math.min(this.#depth, this.lanes.depthOf(value, group))
    let mask: number | undefined
    if (isFlag(value) && !changes) {
      mask = this.writer.local("v128")
      const code = depth < this.#depth ? this.#integers.levels[depth + 1].before : this.#code
      this.lanes.condition(code, value, group, depth)
      code.op("local.set", mask)
    }
    let local: number
    if (depth < this.#depth) local = this.lanes.hoisted(value, group, depth)
    else {
      local = this.writer.local("v128")
      this.lanes.push(this.#code, value, group, this.#depth)
      this.#code.op("local.set", local)
    }
    this.lanes.variables.set(key, { local, depth, changes, mask })
  }

  #laneSet(id: number, value: V, group: number): void {
    this.lanes.push(this.#code, value, group, this.#depth)
    this.#code.op("local.set", this.lanes.variable(id, group).local)
  }

  #store(id: number, offset: number, value: V, group: number): void {
    const { base, offset: at, lane } = lookup(this.lanes.pointers, id)
    if (!lane) throw new Error(`wasm: ${this.#kernel.name} stores lanes to a shared buffer`)
    this.#code.op("local.get", base.local)
    this.lanes.push(this.#code, value, group, this.#depth)
    this.#code.memory("v128.store", 4, this.lanes.offset(at + offset * LANE_BYTES + group * VECTOR_BYTES))
  }

  #sumLanes(to: number, from: number, index: I): void {
    const [source, target] = [
      this.#integers.address(from, index, LANE_BYTES, false),
      this.#integers.address(to, index, 4, false),
    ]
    const base = this.#integers.placed(this.#code, source.base).local
    const sum = this.writer.local("v128")
    const code = this.#code
    this.#integers.push(code, target.base, this.#depth)
    const load = (group: number) =>
      code.op("local.get", base).memory("v128.load", 4, this.lanes.offset(source.offset + group * VECTOR_BYTES))
    load(0)
    load(2)
    code.op("f32x4.add")
    load(1)
    load(3)
    code.op("f32x4.add").op("f32x4.add").op("local.tee", sum).op("local.get", sum).op("local.get", sum)
    code.op("i8x16.shuffle", ...Array.from({ length: 16 }, (_, i) => (i + 8) % 16))
    code.op("f32x4.add").op("local.tee", sum).op("f32x4.extract_lane", 0)
    code.op("local.get", sum).op("f32x4.extract_lane", 1).op("f32.add")
    code.memory("f32.store", 2, this.lanes.offset(target.offset))
  }
}

const isStraight = (s: Statement): boolean =>
  s.k === "intLet" || s.k === "pointer" || s.k === "laneLet" || s.k === "laneSet" || s.k === "store"

/** Whether the statements read this integer variable. */
function usesInt(statements: readonly Statement[], id: number): boolean {
  const visit = (x: unknown): boolean => {
    if (typeof x !== "object" || x === null) return false
    if ((x as { k?: string }).k === "intVar" && (x as { id: number }).id === id) return true
    return Object.values(x).some(visit)
  }
  return visit(statements)
}
