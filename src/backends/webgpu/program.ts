// Renders a plan as WebGPU stages. A call outside of scans is one dispatch over the whole device. In mode
// "deep", a workgroup takes some lanes of a block through all calls of as many scan steps as one dispatch
// covers. Examples are independent, so workgroup barriers suffice, and a scan takes one or two launches. In
// mode "wide", every call of every step is one dispatch.

import { lookup } from "../../core/lookup.ts"
import { contextFields, type Kernel, KernelBuilder } from "../../kernel/language.ts"
import { type Segment, segmentsOf, sumsLanes } from "../../kernel/segments.ts"
import { type ArgumentRegion, hasBarrier, numbersOf, renderWgslKernel, type Workgroup } from "../../kernel/wgsl.ts"
import { type Matrices, matrixGroups, matrixMemory, renderMatrixKernel } from "../../kernel/wgsl-matrix.ts"
import { type Buffer, type Instruction, type Place, type Plan, regionOf } from "../../plan/plan.ts"

export interface WgslOptions extends Workgroup {
  readonly mode: "deep" | "wide"
  /** Number of sums in a register tile (`Target`). */
  readonly registers: number
  /** Tensors saved for backward have half precision. */
  readonly halves?: boolean
  /** Use matrix instructions for convolutions in scans and filter gradients of whole scans. */
  readonly matrices?: Matrices | undefined
}

/** One pipeline. */
export interface Stage {
  readonly name: string
  readonly code: string
  /** "once", or over a range of a scan's steps. */
  readonly loop: "once" | "forwards" | "backwards"
  /** The index of its scan. In wide mode, the stages of a scan repeat together, step by step. */
  readonly scan: number | undefined
  /** In wide mode: the segments that determine the number of workgroups for a block. */
  readonly segments: readonly Segment[]
  /** Names of its kernels, in order, for reports. */
  readonly calls: readonly string[]
  /** Needs a single workgroup per part of a block. */
  readonly single: boolean
  /** Workgroups per part, if the segments do not determine it. */
  readonly groups?: number
}

/**
 * The first fields of a block's record. Two numbers per buffer follow: its offset and the distance between
 * copies, in elements.
 */
export const recordHeader = [...contextFields, "arena", "io", "arenaElements", "halves", "halvesElements"] as const
export const recordSize = (plan: Plan): number => recordHeader.length + 2 * plan.buffers.length

export function renderWgsl(plan: Plan, options: WgslOptions): Stage[] {
  const stages: Stage[] = []
  const build = memo((key: string, write: (k: KernelBuilder) => void) => {
    const k = new KernelBuilder({ registers: options.registers, parallel: true })
    write(k)
    return { key, kernel: k.finish("kernel") }
  })
  let run: Call[] = []
  let scans = 0
  const flush = (loop: Stage["loop"], scan: number | undefined) => {
    const fused = options.mode === "deep" && loop !== "once" && run.length > 0
    const groups = fused ? [run] : run.map((call) => [call])
    for (const calls of groups) stages.push(renderStage(plan, calls, loop, scan, stages.length, options))
    run = []
  }
  const add = (instructions: readonly Instruction[]): void => {
    for (const instruction of instructions) {
      if (instruction.k === "loop") {
        flush("once", undefined)
        add(instruction.body)
        flush(instruction.backwards ? "backwards" : "forwards", scans++)
        continue
      }
      const { kernel } = build(instruction.kernel.key, instruction.kernel.write)
      // Gradients are summed over lanes and blocks by `gradientShader`.
      if (!sumsLanes(kernel.body)) run.push({ kernel, key: instruction.kernel.key, places: instruction.places })
    }
  }
  add(plan.instructions)
  flush("once", undefined)
  return stages
}

interface Call {
  readonly key: string
  readonly kernel: Kernel
  readonly places: readonly Place[]
}

function memo<R>(make: (key: string, write: (k: KernelBuilder) => void) => R) {
  const known = new Map<string, R>()
  return (key: string, write: (k: KernelBuilder) => void): R => {
    const before = known.get(key)
    if (before) return before
    const made = make(key, write)
    known.set(key, made)
    return made
  }
}

function renderStage(
  plan: Plan,
  calls: readonly Call[],
  loop: Stage["loop"],
  scan: number | undefined,
  number: number,
  options: WgslOptions,
): Stage {
  const { lanes, halves = false, matrices } = options
  const functions = new Map<string, string>() // by kernel and regions
  const used = new Set<number>()
  const names = new Map<string, string>()
  const lines: string[] = []
  const since = new Touched()
  let multiplies = false
  let groups: number | undefined
  for (const { key, kernel, places } of calls) {
    const regions = places.map((p) => argumentRegion(p.buffer, halves))
    const variant = `${regions.join(" ")} ${key}`
    let name = names.get(variant)
    if (!name) {
      name = `kernel${names.size}`
      names.set(variant, name)
      const { product } = kernel
      // Only the convolutions of scans, and contributions saved for after them, use matrices. The rest is
      // small, and there gradients cannot be told from values.
      if (matrices && product && (product.k === "conv") === (loop !== "once")) {
        multiplies = true
        groups = matrixGroups(product, options, matrices)
        const backwards = loop === "backwards"
        functions.set(name, renderMatrixKernel({ ...kernel, name, product }, regions, options, matrices, backwards))
      } else functions.set(name, renderWgslKernel({ ...kernel, name }, regions, options))
    }
    if (since.conflicts(kernel, places)) {
      lines.push("storageBarrier();")
      since.clear()
    }
    since.add(kernel, places)
    const args = places.map((p) => place(p, plan, lanes, halves, used))
    lines.push(`${name}(c, ${args.join(", ")});`)
    if (hasBarrier(kernel)) since.all = true
  }
  const record = recordSize(plan)
  const field = (name: (typeof recordHeader)[number]) => recordHeader.indexOf(name)
  const at = (name: (typeof recordHeader)[number]) => `records[r + ${field(name)}]`
  const tables = [...used]
    .sort((a, b) => a - b)
    .flatMap((id) => {
      const base = regionOf(plan.buffers[id], halves)
      const scale = numbersOf(base, lanes)
      const entry = recordHeader.length + 2 * id
      const copies = plan.buffers[id].slots === "one" ? [] : [`let s${id} = records[r + ${entry + 1}] * ${scale};`]
      return [`let o${id} = ${base === "halves" ? "halvesAt" : base} + records[r + ${entry}] * ${scale};`, ...copies]
    })
  const step = loop === "backwards" ? "T - 1 - i" : "i"
  const context = (t: string) =>
    `let c = Context(${contextFields.map((f) => (f === "step" ? t : at(f))).join(", ")}, i32(w.x), i32(n.x));`
  const body =
    loop === "once"
      ? ["let t = 0;", context("0"), ...lines]
      : [
          "for (var i = range.x; i < min(range.y, T); i++) {",
          `  let t = ${step};`,
          `  ${context("t")}`,
          ...lines.map((l) => `  ${l}`),
          ...(options.mode === "deep" ? ["  storageBarrier();"] : []),
          "}",
        ]
  const code = shaderOf({ options, record, multiplies, at, tables, body, functions: [...functions.values()] })
  return {
    name: `stage ${number}`,
    code,
    loop,
    scan,
    segments: calls.flatMap(({ kernel }) => segmentsOf(kernel).flat()),
    calls: calls.map(({ kernel, places, key }) => `${nameOf(key)} -> ${places[kernel.buffers.length - 1].buffer.name}`),
    single: (options.mode === "deep" && loop !== "once") || calls.some((c) => hasBarrier(c.kernel)),
    ...(groups === undefined ? {} : { groups }),
  }
}

interface StageParts {
  readonly options: WgslOptions
  /** Numbers per block record. */
  readonly record: number
  readonly at: (name: (typeof recordHeader)[number]) => string
  readonly multiplies: boolean
  readonly functions: readonly string[]
  readonly tables: readonly string[]
  readonly body: readonly string[]
}

/** The WGSL source of a stage, around its kernels. */
function shaderOf({ options, record, at, multiplies, functions, tables, body }: StageParts): string {
  const { size, lanes, halves = false, matrices } = options
  const parts = 16 / lanes
  const enabled = [
    ...(halves || multiplies ? ["f16"] : []),
    ...((options.subgroup ?? 1) > 1 || multiplies ? ["subgroups"] : []),
    ...(multiplies ? ["chromium_experimental_subgroup_matrix"] : []),
  ]
  // All invocations of a subgroup agree on the subgroup's index, but the compiler cannot prove it.
  const trusted = !multiplies ? "" : "diagnostic(off, chromium.subgroup_matrix_uniformity);\n"
  return `${enabled.map((name) => `enable ${name};\n`).join("")}${trusted}struct Context { ${[...contextFields, "group", "groups"].map((f) => `${f}: i32`).join(", ")} }
@group(0) @binding(0) var<storage, read> weights: array<f32>;
@group(0) @binding(1) var<storage, read_write> memory: array<f32>;
@group(0) @binding(2) var<storage, read> records: array<i32>;
@group(0) @binding(3) var<uniform> range: vec4<i32>;${halves ? "\n@group(0) @binding(4) var<storage, read_write> halves: array<f16>;" : ""}
var<private> local: i32;
var<private> slot: i32;
var<private> lane: i32;
var<private> first: i32;
var<private> stride: i32;
var<workgroup> partial: array<f32, ${size}>;${matrices && multiplies ? matrixMemory(options, matrices) : ""}

${functions.join("\n\n")}

@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) w: vec3<u32>, @builtin(num_workgroups) n: vec3<u32>, @builtin(local_invocation_index) l: u32) {
  let part = i32(w.y) % ${parts};
  let r = (i32(w.y) / ${parts}) * ${record};
  let T = ${at("T")};
  let io = ${at("io")};
  let arena = ${at("arena")} + part * ${at("arenaElements")} * ${lanes};${halves ? `\n  let halvesAt = ${at("halves")} + part * ${at("halvesElements")} * ${lanes};` : ""}
  local = i32(l);
  slot = local % ${lanes};
  lane = part * ${lanes} + slot;
  first = i32(w.x) * ${size / lanes} + local / ${lanes};
  stride = i32(n.x) * ${size / lanes};
  ${[...tables, ...body].join("\n  ")}
}
`
}

/** The name of the op, with which a kernel's key begins. */
const nameOf = (key: string): string => /[a-z][a-zA-Z]*/.exec(key)?.[0] ?? key

function argumentRegion(buffer: Buffer, halves: boolean): ArgumentRegion {
  const region = regionOf(buffer, halves)
  return region === "halves" && buffer.saved === "gradients" ? "scaled halves" : region
}

function place(
  { buffer, slot, element }: Place,
  plan: Plan,
  lanes: number,
  halves: boolean,
  used: Set<number>,
): string {
  if (buffer.region === "shared") return `${element}`
  if (!buffer.lane) throw new Error(`wgsl: ${buffer.name} has no lanes`)
  const id = plan.buffers.indexOf(buffer)
  used.add(id)
  const at = { t: "t", "t + 1": "(t + 1)", T: "T", first: "" }[slot]
  const copy =
    buffer.slots === "one" || slot === "first" ? "" : ` + s${id} * ${buffer.slots === "two" ? `(${at} & 1)` : at}`
  return `o${id}${copy}${element === 0 ? "" : ` + ${element * numbersOf(regionOf(buffer, halves), lanes)}`}`
}

/**
 * Regions read and written since the last barrier. Tensors in one buffer start at different elements; only a
 * whole buffer starts at 0.
 */
class Touched {
  #read: Place[] = []
  #written: Place[] = []
  /** Whether everything counts as touched. */
  all = false

  #writes(kernel: Kernel): Set<number> {
    const buffers = new Map<number, number>()
    const written = new Set<number>()
    const visit = (statements: Kernel["body"]): void => {
      for (const s of statements) {
        if (s.k === "pointer") buffers.set(s.id, s.buffer)
        if (s.k === "store") written.add(lookup(buffers, s.to.id))
        if ("body" in s) visit(s.body)
      }
    }
    visit(kernel.body)
    return written
  }

  conflicts(kernel: Kernel, places: readonly Place[]): boolean {
    const written = this.#writes(kernel)
    const meets = (a: Place) => (b: Place) =>
      a.buffer === b.buffer && a.slot === b.slot && (a.element === b.element || a.element === 0 || b.element === 0)
    return (
      this.all || places.some((p, i) => this.#written.some(meets(p)) || (written.has(i) && this.#read.some(meets(p))))
    )
  }

  add(kernel: Kernel, places: readonly Place[]): void {
    const written = this.#writes(kernel)
    places.forEach((p, i) => {
      if (p.buffer.region === "shared") return
      ;(written.has(i) ? this.#written : this.#read).push(p)
    })
  }

  clear(): void {
    this.#read = []
    this.#written = []
    this.all = false
  }
}

/**
 * Sums accumulators over blocks, parts and lanes, and adds the result of earlier waves. `range.x` is 1 in the
 * first wave.
 */
export const gradientShader = (plan: Plan, accumulators: number, lanes: number): string => `
@group(0) @binding(0) var<storage, read_write> total: array<f32>;
@group(0) @binding(1) var<storage, read> memory: array<f32>;
@group(0) @binding(2) var<storage, read> records: array<i32>;
@group(0) @binding(3) var<uniform> range: vec4<i32>; // first wave?, blocks
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) n: vec3<u32>) {
  for (var i = i32(id.x); i < ${plan.trainableSize}; i += i32(n.x) * 64) {
    var sum = select(total[i], 0.0f, range.x == 1);
    for (var block = 0; block < range.y; block++) {
      let r = block * ${recordSize(plan)};
      let elements = records[r + ${recordHeader.indexOf("arenaElements")}];
      for (var part = 0; part < ${16 / lanes}; part++) {
        let o = records[r + ${recordHeader.indexOf("arena")}] + (part * elements + records[r + ${recordHeader.length + 2 * accumulators}] + i) * ${lanes};
        var some = 0.0f;
        for (var lane = 0; lane < ${lanes}; lane++) { some += memory[o + lane]; }
        sum += some;
      }
    }
    total[i] = sum;
  }
}
`
