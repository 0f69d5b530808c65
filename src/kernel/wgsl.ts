// The WGSL renderer: one kernel becomes one function. Invocations share the indices of each segment
// (segments.ts); lanes of a block are adjacent invocations. If a segment has fewer indices than invocations,
// they also share a loop that only adds, and sum in workgroup memory. Lane values are f32 or u32; addresses
// are i32 and count floats. backends/webgpu/program.ts combines kernels into passes.

import { LANES } from "../core/lanes.ts"
import { lookup } from "../core/lookup.ts"
import { bitKinds, type I, type Kernel, type Statement, type V } from "./language.ts"
import { countOf, type Loop, type Segment, segmentsOf } from "./segments.ts"

/**
 * Where a buffer lies. "shared": parameters. "io": inputs and outputs of a block, 16 lanes each. "arena":
 * scratch, with as many lanes as a workgroup. "halves": the arena in half precision; "scaled halves" also
 * scales gradients, which are small.
 */
export type ArgumentRegion = "shared" | "io" | "arena" | "halves" | "scaled halves"

/** Numbers per element of a region. */
export const numbersOf = (region: ArgumentRegion, lanes: number): number =>
  region === "shared" ? 1 : region === "io" ? LANES : lanes

/** A power of two. The range of f16 is 6e-8 to 65504, so gradients from 6e-11 to 64 fit. */
export const GRADIENT_SCALE = 2 ** 10
/** The largest f16. Larger values are clamped, so that no stored value becomes infinite. */
export const MOST_HALF = 65504

/** The number of invocations of a workgroup, and how many lanes of a block they compute. */
export interface Workgroup {
  readonly size: number
  readonly lanes: number
  /**
   * Subgroup size: adjacent invocations that exchange numbers without workgroup memory. Absent or 1: none.
   */
  readonly subgroup?: number
}

/**
 * Renders a function `name(c, b0, b1, ...)`: c is the context, b are the addresses of element 0. It reads at
 * module scope `lane` (in the block), `slot` (lane in the workgroup), `local` (index in the workgroup), and
 * `first` and `stride` of the shared indices.
 */
export function renderWgslKernel(kernel: Kernel, regions: readonly ArgumentRegion[], workgroup: Workgroup): string {
  const out: string[] = []
  const args = kernel.buffers.map((b, i) => `b${i}: i32 /* ${b.name} */`)
  out.push(`fn ${kernel.name}(c: Context${args.map((a) => `, ${a}`).join("")}) {`)
  const writer = new Writer(kernel, regions, workgroup, out)
  segmentsOf(kernel).forEach((phase, i) => {
    if (i > 0) out.push("  storageBarrier();")
    for (const segment of phase) writer.segment(segment)
  })
  out.push("}")
  return out.join("\n")
}

/** Whether a kernel has barriers between segments, so that it must run in one workgroup. */
export const hasBarrier = (kernel: Kernel): boolean => kernel.body.some((s) => s.k === "barrier")

/**
 * The number of invocations that share the adding loop of one index: a power of two, 1 if there are enough
 * indices.
 */
function sharers({ loops, body }: Segment, { size, lanes }: Workgroup): number {
  if (!addingLoop(body)) return 1
  let indices = 1
  for (const loop of loops) {
    const count = countOf(loop)
    if (count.k !== "int") return 1 // as long as the example
    indices *= Math.max(1, count.value)
  }
  let sharers = 1
  while (2 * sharers * indices * lanes <= size) sharers *= 2
  return sharers
}

/** The adding loop of a segment, if it is at the top level of the body. */
const addingLoop = (body: readonly Statement[]): Loop | undefined =>
  body.find((s): s is Loop => s.k === "loop" && s.addsTo !== undefined)

class Writer {
  readonly #kernel: Kernel
  readonly #regions: readonly ArgumentRegion[]
  readonly #workgroup: Workgroup
  readonly #out: string[]
  readonly #bits = new Set<number>()
  readonly #changing = new Set<number>()
  readonly #buffers = new Map<number, number>() // by pointer

  constructor(kernel: Kernel, regions: readonly ArgumentRegion[], workgroup: Workgroup, out: string[]) {
    this.#kernel = kernel
    this.#regions = regions
    this.#workgroup = workgroup
    this.#out = out
    this.#note(kernel.body)
  }

  #note(statements: readonly Statement[]): void {
    for (const s of statements) {
      if (s.k === "laneLet" && this.#isBits(s.value)) this.#bits.add(s.id)
      if (s.k === "laneSet" || s.k === "intSet" || s.k === "advance") this.#changing.add(s.id)
      if (s.k === "pointer") this.#buffers.set(s.id, s.buffer)
      if ("body" in s) this.#note(s.body)
    }
  }

  #isBits = (v: V): boolean => bitKinds.has(v.k) || (v.k === "laneVar" && this.#bits.has(v.id))

  segment(segment: Segment): void {
    const { lets, loops, body } = segment
    const put = (line: string) => this.#out.push(line)
    put("  {")
    for (const s of lets) put(`    let k${s.id} = ${int(s.value)};`)
    const counts = loops.map(countOf)
    loops.forEach((loop, i) => counts[i].k !== "int" && put(`    let n${loop.id} = ${int(counts[i])};`))
    const extents = counts.map((n, i) => (n.k === "int" ? `${n.value}` : `n${loops[i].id}`))
    const total = extents.length === 0 ? "1" : extents.join(" * ")
    const share = sharers(segment, this.#workgroup)
    if (share === 1) {
      put(`    for (var q = first; q < ${total}; q += stride) {`)
      this.#decode(loops, extents, "q")
      this.#block(body, "      ")
    } else {
      // All invocations of a workgroup iterate together, because they meet to sum.
      const { size, lanes } = this.#workgroup
      const perGroup = size / lanes / share
      put(`    for (var q = c.group * ${perGroup}; q < ${total}; q += c.groups * ${perGroup}) {`)
      put(`      let mine = local / ${lanes} / ${share};`)
      put(`      let part = local / ${lanes} % ${share};`)
      put(`      let at = min(q + mine, ${total} - 1);`)
      this.#decode(loops, extents, "at")
      this.#shared(body, share)
    }
    put("    }")
    put("  }")
  }

  #decode(loops: readonly Loop[], extents: readonly string[], index: string): void {
    let rest = index
    for (let i = loops.length - 1; i >= 0; i--) {
      const { id, from, by } = loops[i]
      const digit = i === 0 ? rest : `${rest} % ${extents[i]}`
      const scaled = by === 1 ? digit : `(${digit}) * ${by}`
      const start = from.k === "int" && from.value === 0 ? "" : `${int(from)} + `
      this.#out.push(`      let k${id} = ${start}${scaled};`)
      if (i > 0) {
        this.#out.push(`      let r${id} = ${rest} / ${extents[i]};`)
        rest = `r${id}`
      }
    }
  }

  /**
   * Writes a segment whose adding loop `share` invocations run together. The first of them continues with the
   * sum.
   */
  #shared(body: readonly Statement[], share: number): void {
    const { lanes, subgroup } = this.#workgroup
    const loop = addingLoop(body) as Loop
    const at = body.indexOf(loop)
    this.#block(body.slice(0, at), "      ")
    for (const id of loop.addsTo as readonly number[]) this.#out.push(`      if (part != 0) { v${id} = 0.0f; }`)
    this.#out.push(
      `      for (var k${loop.id} = ${int(loop.from)} + part * ${loop.by}; k${loop.id} < ${int(loop.to)}; k${loop.id} += ${loop.by * share}) {`,
    )
    this.#block(loop.body, "        ")
    this.#out.push("      }")
    // Partial sums are adjacent: they are added within the subgroup first, then through workgroup memory.
    const near = Math.max(1, Math.min(share, Math.floor((subgroup ?? 1) / lanes)))
    for (const id of loop.addsTo as readonly number[]) {
      for (let apart = 1; apart < near; apart *= 2)
        this.#out.push(`      v${id} += subgroupShuffleXor(v${id}, ${apart * lanes}u);`)
      if (near === share) continue
      this.#out.push("      workgroupBarrier();", `      partial[local] = v${id};`, "      workgroupBarrier();")
      this.#out.push(`      if (part == 0) {`)
      this.#out.push(
        `        for (var p = ${near}; p < ${share}; p += ${near}) { v${id} += partial[local + p * ${lanes}]; }`,
      )
      this.#out.push("      }")
    }
    this.#out.push(`      if (part == 0 && at == q + mine) {`)
    this.#block(body.slice(at + 1), "        ")
    this.#out.push("      }")
  }

  #block(statements: readonly Statement[], indent: string): void {
    for (const s of statements) this.#statement(s, indent)
  }

  #statement(s: Statement, indent: string): void {
    const put = (line: string) => this.#out.push(`${indent}${line}`)
    switch (s.k) {
      case "intLet":
        return void put(`${this.#changing.has(s.id) ? "var" : "let"} k${s.id} = ${int(s.value)};`)
      case "intSet":
        return void put(`k${s.id} = ${int(s.value)};`)
      case "laneLet":
        return void put(`${this.#changing.has(s.id) ? "var" : "let"} v${s.id} = ${this.#lane(s.value)};`)
      case "laneSet":
        return void put(`v${s.id} = ${this.#lane(s.value)};`)
      case "pointer": {
        const scale = this.#scale(s.buffer)
        const index = scale === 1 ? int(s.index) : `${int(s.index)} * ${scale}`
        const region = this.#regions[s.buffer]
        const lane = region === "shared" ? "" : region === "io" ? " + lane" : " + slot"
        return void put(`${this.#changing.has(s.id) ? "var" : "let"} p${s.id} = b${s.buffer} + ${index}${lane};`)
      }
      case "advance": {
        const scale = this.#scale(lookup(this.#buffers, s.id))
        return void put(`p${s.id} += ${int(s.by)}${scale === 1 ? "" : ` * ${scale}`};`)
      }
      case "store":
        return void put(this.#store(s.to.id, s.offset, this.#lane(s.value)))
      case "loop":
        put(`for (var k${s.id} = ${int(s.from)}; k${s.id} < ${int(s.to)}; k${s.id} += ${s.by}) {`)
        this.#block(s.body, `${indent}  `)
        return void put("}")
      case "if":
        put(`if (${int(s.less[0])} < ${int(s.less[1])}) {`)
        this.#block(s.body, `${indent}  `)
        return void put("}")
      default:
        throw new Error(`wgsl: ${this.#kernel.name}: statement ${s.k} is not allowed here`)
    }
  }

  /** Floats from one element to the next. */
  #scale(buffer: number): number {
    return numbersOf(this.#regions[buffer], this.#workgroup.lanes)
  }

  #store(pointer: number, offset: number, value: string): string {
    const region = this.#regions[lookup(this.#buffers, pointer)]
    const at = this.#address(pointer, offset)
    return write(region, at, value)
  }

  #address(pointer: number, offset: number): string {
    const floats = offset * this.#scale(lookup(this.#buffers, pointer))
    return floats === 0 ? `p${pointer}` : floats < 0 ? `p${pointer} - ${-floats}` : `p${pointer} + ${floats}`
  }

  #lane(v: V): string {
    const lane = (x: V) => this.#lane(x)
    switch (v.k) {
      case "const":
        return float(v.value)
      case "laneVar":
        return `v${v.id}`
      case "load":
      case "splat": {
        const region = this.#regions[lookup(this.#buffers, v.from.id)]
        return read(region, this.#address(v.from.id, v.offset))
      }
      case "splatInt":
        return `f32(${int(v.value)})`
      case "add":
      case "sub":
      case "mul":
      case "div":
        return `(${lane(v.a)} ${{ add: "+", sub: "-", mul: "*", div: "/" }[v.k]} ${lane(v.b)})`
      case "min":
      case "max":
        return `${v.k}(${lane(v.a)}, ${lane(v.b)})`
      case "fma":
        return `fma(${lane(v.a)}, ${lane(v.b)}, ${lane(v.c)})`
      case "neg":
        return `(-${lane(v.a)})`
      case "abs":
      case "sqrt":
        return `${v.k}(${lane(v.a)})`
      case "ifLess":
      case "ifEqual":
        return `select(${lane(v.else)}, ${lane(v.then)}, ${lane(v.a)} ${v.k === "ifLess" ? "<" : "=="} ${lane(v.b)})`
      case "bits":
        return v.value.k === "int" ? `0x${(v.value.value >>> 0).toString(16)}u` : `bitcast<u32>(${int(v.value)})`
      case "example":
        return "bitcast<u32>(c.firstExample + lane)"
      case "xor":
      case "bitMul":
      case "bitAdd":
      case "bitAnd":
      case "bitOr":
        return `(${lane(v.a)} ${{ xor: "^", bitMul: "*", bitAdd: "+", bitAnd: "&", bitOr: "|" }[v.k]} ${lane(v.b)})`
      case "bitShl":
        return `(${lane(v.a)} << ${v.by}u)`
      case "bitShr":
        return `(${lane(v.a)} >> ${v.by}u)`
      case "asFloat":
        return `bitcast<f32>(${lane(v.a)})`
      case "asBits":
        return `bitcast<u32>(${lane(v.a)})`
      case "toFloat":
        return `f32(bitcast<i32>(${lane(v.a)}))`
    }
  }
}

/** An expression that reads a number of a region as f32. */
export function read(region: ArgumentRegion, at: string): string {
  switch (region) {
    case "shared":
      return `weights[${at}]`
    case "halves":
      return `f32(halves[${at}])`
    case "scaled halves":
      return `(f32(halves[${at}]) * ${1 / GRADIENT_SCALE}f)`
    default:
      return `memory[${at}]`
  }
}

/** A statement that stores an f32 in a region. */
export const write = (region: ArgumentRegion, at: string, value: string): string =>
  region === "halves" || region === "scaled halves"
    ? `halves[${at}] = ${toHalf(value, region)};`
    : `memory[${at}] = ${value};`

/** An f32 converted for a region of half precision. */
export const toHalf = (value: string, region: "halves" | "scaled halves"): string => {
  const scaled = region === "halves" ? value : `(${value}) * ${GRADIENT_SCALE}f`
  return `f16(clamp(${scaled}, -${MOST_HALF}f, ${MOST_HALF}f))`
}

/**
 * An integer expression on i32 literals. Constant expressions must not wrap in WGSL; the builder has already
 * folded them.
 */
export function int(i: I): string {
  switch (i.k) {
    case "int":
      return i.value < 0 ? `i32(${i.value})` : `${i.value}`
    case "intVar":
      return `k${i.id}`
    case "context":
      return `c.${i.field}`
    case "shr":
      return `bitcast<i32>(bitcast<u32>(${int(i.a)}) >> ${int(i.b)}u)`
    case "xor":
      return `(${int(i.a)} ^ ${int(i.b)})`
    case "div":
      return `(${int(i.a)} / ${int(i.b)})`
    case "min":
    case "max":
      return `${i.k}(${int(i.a)}, ${int(i.b)})`
    case "add":
    case "sub":
    case "mul":
      return `(${int(i.a)} ${{ add: "+", sub: "-", mul: "*" }[i.k]} ${int(i.b)})`
  }
}

function float(x: number): string {
  const f = Math.fround(x)
  if (!Number.isFinite(f)) throw new Error(`constant ${x} is not finite in float32`)
  return `${f < 0 ? "(" : ""}${f}f${f < 0 ? ")" : ""}`
}
