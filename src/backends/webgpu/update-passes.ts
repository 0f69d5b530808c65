// Renders an update (plan/update.ts) as WebGPU pipelines. Expressions become kernels of the lane language
// whose lanes are adjacent numbers; sums and copies have handwritten WGSL. All arrays share one buffer, one
// after another.

import { type Assignment, atOnce } from "../../core/expr-arrays.ts"
import { LANES } from "../../core/lanes.ts"
import { mapKernel } from "../../kernel/elementwise.ts"
import { contextFields, type Kernel, KernelBuilder } from "../../kernel/language.ts"
import { normalKernel } from "../../kernel/normal.ts"
import { renderWgslKernel } from "../../kernel/wgsl.ts"
import type { Copies, OverCopies } from "../../plan/copies.ts"
import { GRADIENT, type Update, type UpdateStage, WEIGHTS } from "../../plan/update.ts"

/** Invocations per workgroup, and the number of workgroups that share a sum, each computing a part. */
export const UPDATE_SIZE = 64
export const PARTS = 64

/** Counts of non-finite numbers, reported with the update's sums. */
export const brokenCounts = ["broken gradient", "broken weights"] as const

/** The offsets of arrays and scalars, in floats. */
export interface UpdateLayout {
  readonly trainable: number
  /** Distance between arrays: a multiple of 16. */
  readonly stride: number
  /** The gradient, then the persistent arrays, then scratch. */
  readonly arrays: readonly string[]
  /** Scalars passed to the step, then reported sums. */
  readonly numbers: readonly string[]
}

const EACH = "each summand"

export const updateLayout = (update: Update, trainable: number): UpdateLayout => ({
  trainable,
  stride: LANES * Math.max(1, Math.ceil(trainable / LANES)),
  arrays: [GRADIENT, ...update.arrays, ...update.scratch, EACH],
  numbers: [...update.numbers, ...update.sums, ...brokenCounts],
})

export interface UpdatePass {
  readonly name: string
  readonly code: string
  readonly workgroups: number
}

/** The passes of an update, in order. */
export function renderUpdate(update: Update, layout: UpdateLayout): UpdatePass[] {
  const { trainable, stride, arrays, numbers } = layout
  const at = (name: string) => arrays.indexOf(name) * stride
  const everywhere = Math.min(65535, Math.ceil(stride / UPDATE_SIZE))
  const shared = Math.min(PARTS, Math.ceil(trainable / UPDATE_SIZE))
  const words = Math.max(1, update.keys.length)
  const each = `for (var i = i32(id.x); i < ${trainable}; i += i32(n.x) * ${UPDATE_SIZE})`
  const pass = (name: string, body: string, workgroups: number) => ({ name, code: main(body, words), workgroups })
  const total = (to: string): UpdatePass[] => [
    pass(
      `parts of ${to}`,
      `var sum = 0.0f;
  ${each} { sum += memory[${at(EACH)} + i]; }
  let all = total(i32(l), sum);
  if (l == 0) { parts[i32(w.x)] = all; }`,
      shared,
    ),
    pass(
      `sum of ${to}`,
      `let all = total(i32(l), select(0.0f, parts[i32(l)], i32(l) < ${shared}));
  if (l == 0) { numbers[${numbers.indexOf(to)}] = all; }`,
      1,
    ),
  ]
  // Tested by its bits, because a compiler may assume that infinities and NaN do not occur.
  const broken = (array: string, to: string) => [
    pass(
      `flags of ${to}`,
      `${each} {
    memory[${at(EACH)} + i] = select(0.0f, 1.0f, (bitcast<u32>(memory[${at(array)} + i]) & 0x7f800000u) == 0x7f800000u);
  }`,
      everywhere,
    ),
    ...total(to),
  ]
  const maps = (assignments: readonly Assignment[]): UpdatePass => {
    const names = update.operands.map(({ name }) => name)
    const last = new Map(atOnce(assignments, names).map((assignment) => [assignment.to, assignment]))
    const k = new KernelBuilder({ registers: 8, parallel: true })
    const rows = stride / LANES
    mapKernel(
      k,
      [rows],
      update.operands.map(({ isArray }) => ({ shape: [isArray ? rows : 1], lane: isArray })),
      [...last.values()].map(({ value }) => value),
    )
    const from = update.operands.map(({ name, isArray }) => (isArray ? at(name) : numbers.indexOf(name)))
    const to = [...last.keys()]
    return {
      name: `map ${to.join(", ")}`,
      code: laneMain(k.finish("kernel"), [...from, ...to.map(at)], words, 0),
      workgroups: everywhere,
    }
  }
  const normals = (to: string, keys: string): UpdatePass => {
    const k = new KernelBuilder({ registers: 8, parallel: true })
    normalKernel(k, stride / LANES)
    const code = laneMain(k.finish("kernel"), [at(to)], words, update.keys.indexOf(keys))
    return { name: `normal ${to}`, code, workgroups: everywhere }
  }
  const render = (stages: readonly UpdateStage[]): UpdatePass[] => {
    const [stage] = stages
    switch (stage.k) {
      case "map":
        return [maps(stages as readonly (UpdateStage & { k: "map" })[])]
      case "sum":
        return [maps([{ to: EACH, value: stage.value }]), ...total(stage.to)]
      case "copies":
        return [
          pass(
            `${stage.take} of ${stage.of}`,
            `if (numbers[${numbers.indexOf(stage.when.number)}] != ${stage.when.is}.0f) { return; }
  ${each} { ${overCopies(update.copies, stage.take, at(stage.of), at(stage.to))} }`,
            everywhere,
          ),
        ]
      case "normal":
        return [normals(stage.to, stage.keys)]
    }
  }
  return [
    ...broken(GRADIENT, "broken gradient"),
    ...grouped(update.stages).flatMap(render),
    ...broken(WEIGHTS, "broken weights"),
  ]
}

/** Groups consecutive maps into one kernel. */
function grouped(stages: readonly UpdateStage[]): UpdateStage[][] {
  const groups: UpdateStage[][] = []
  for (const stage of stages) {
    const last = groups[groups.length - 1]
    if (stage.k === "map" && last?.[0].k === "map") last.push(stage)
    else groups.push([stage])
  }
  return groups
}

/** Computes element i of `to` from its counterparts in all copies. */
const overCopies = (copied: readonly Copies[], take: OverCopies, of: number, to: number): string => `
    var value = memory[${of} + i];${copied
      .map(
        ({ offset, size, copies }) => `
    if (i >= ${offset} && i < ${offset + size * copies}) {
      let first = ${offset} + (i - ${offset}) % ${size};
      ${
        take === "first"
          ? `value = memory[${of} + first];`
          : `var mean = 0.0f;
      for (var c = 0; c < ${copies}; c++) { mean += memory[${of} + first + c * ${size}]; }
      value = ${take === "fold" ? `select(0.0f, mean / ${copies}.0f, i == first)` : `mean / ${copies}.0f`};`
      }
    }`,
      )
      .join("")}
    memory[${to} + i] = value;
  `

const head = (numbers: string, words: number) => `@group(0) @binding(0) var<storage, read_write> ${numbers}: array<f32>;
@group(0) @binding(1) var<storage, read_write> memory: array<f32>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
@group(0) @binding(3) var<uniform> words: array<vec4<i32>, ${words}>;
`
const builtins = [
  "@builtin(global_invocation_id) id: vec3<u32>",
  "@builtin(num_workgroups) n: vec3<u32>",
  "@builtin(workgroup_id) w: vec3<u32>",
  "@builtin(local_invocation_index) l: u32",
].join(", ")

const main = (body: string, words: number): string => `${head("numbers", words)}
var<workgroup> partial: array<f32, ${UPDATE_SIZE}>;
/** The workgroup's sum, always in the same order. */
fn total(local: i32, value: f32) -> f32 {
  partial[local] = value;
  workgroupBarrier();
  for (var half = ${UPDATE_SIZE / 2}; half > 0; half /= 2) {
    if (local < half) { partial[local] += partial[local + half]; }
    workgroupBarrier();
  }
  return partial[0];
}
@compute @workgroup_size(${UPDATE_SIZE})
fn main(${builtins}) {
  ${body}
}
`

/**
 * The entry point of a kernel over rows of 16 numbers. `places` are the offsets of its buffers, `keys` is
 * that of its random stream's keys.
 */
function laneMain(kernel: Kernel, places: readonly number[], words: number, keys: number): string {
  const known: Partial<Record<string, string>> = { seed: `words[${keys}].x`, trainStep: `words[${keys}].y` }
  const context = [...contextFields.map((field) => known[field] ?? "0"), "i32(w.x)", "i32(n.x)"]
  return `${head("weights", words)}
struct Context { ${[...contextFields, "group", "groups"].map((f) => `${f}: i32`).join(", ")} }
var<private> local: i32;
var<private> slot: i32;
var<private> lane: i32;
var<private> first: i32;
var<private> stride: i32;
var<workgroup> partial: array<f32, ${UPDATE_SIZE}>;

${renderWgslKernel(
  kernel,
  kernel.buffers.map((b) => (b.lane ? "io" : "shared")),
  { size: UPDATE_SIZE, lanes: LANES },
)}

@compute @workgroup_size(${UPDATE_SIZE})
fn main(${builtins}) {
  local = i32(l);
  slot = local % ${LANES};
  lane = slot;
  first = i32(w.x) * ${UPDATE_SIZE / LANES} + local / ${LANES};
  stride = i32(n.x) * ${UPDATE_SIZE / LANES};
  ${kernel.name}(Context(${context.join(", ")}), ${places.join(", ")});
}
`
}
