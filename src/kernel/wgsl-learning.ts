// Learning as WebGPU pipelines: what happens between the gradient of a step and the weights of the next. Elementwise parts are kernels of the lane
// language, whose lanes are neighbouring numbers; sums and copies are written out here. All arrays of a state stand in one buffer, one after the other.

import { type Assignment, atOnce } from "../core/expr-arrays.ts"
import { LANES } from "../core/lanes.ts"
import { mapKernel } from "./elementwise.ts"
import { contextFields, type Kernel, KernelBuilder } from "./language.ts"
import { gradientKernel } from "./learning.ts"
import { renderWgslKernel } from "./wgsl.ts"

/** Invocations of a workgroup; workgroups that a sum is shared out to, each giving one part of it. */
export const LEARNING_SIZE = 64
export const PARTS = 64

/** What stands where in the state, in floats: "gradient" and every array, each a whole number of rows of 16. */
export interface StateLayout {
  /** Numbers that are trained. */
  readonly trainable: number
  /** From one array to the next. */
  readonly stride: number
  readonly arrays: readonly string[]
}

/** Numbers that a step is told beside those of its rule; "scale" is written by the device. */
export const stepNumbers = ["limit", "scale", "deviation", "clip", "pull"] as const

/** Parts of sums: squares of the gradient, squared distances of copies, weights that are not numbers; then the norm. */
export const SUMS_FLOATS = 3 * PARTS + 1
const part = { squares: 0, distance: PARTS, broken: 2 * PARTS, norm: 3 * PARTS } as const
export const readSums = (sums: Float32Array) => {
  const sum = (from: number) => sums.subarray(from, from + PARTS).reduce((a, b) => a + b, 0)
  return { norm: sums[part.norm], distance: sum(part.distance), broken: sum(part.broken) }
}

export interface LearningCode {
  readonly name: string
  readonly code: string
  readonly workgroups: number
}

export interface LearningPlan {
  readonly layout: StateLayout
  readonly update: readonly Assignment[]
  /** What the inputs of `update` are: "gradient", arrays, then numbers of the rule. */
  readonly inputs: readonly string[]
  readonly copies: readonly { readonly offset: number; readonly size: number; readonly copies: number }[]
}

export type LearningStep =
  | "pull"
  | "fold"
  | "squares"
  | "scale"
  | "gradient"
  | "spread"
  | "update"
  | "finite"
  | "average"

/** Every pipeline by what it does, in the order of a step; "pull" or "fold" and "spread" where there are copies, "average" between steps. */
export function renderLearning(plan: LearningPlan): Map<LearningStep, LearningCode> {
  const { layout, copies } = plan
  const { trainable, stride, arrays } = layout
  const rows = stride / LANES
  const offset = (name: string) => (name === "gradient" ? 0 : (1 + arrays.indexOf(name)) * stride)
  const number = (name: (typeof stepNumbers)[number]) => stepNumbers.indexOf(name)
  const everywhere = Math.min(65535, Math.ceil(stride / LEARNING_SIZE))
  const shared = Math.min(PARTS, Math.ceil(trainable / LEARNING_SIZE))
  const out = new Map<LearningStep, LearningCode>()
  const add = (name: LearningStep, code: string, workgroups: number) => out.set(name, { name, code, workgroups })
  const each = `for (var i = i32(id.x); i < ${trainable}; i += i32(n.x) * ${LEARNING_SIZE})`

  const copied = (body: string, after = "") =>
    main(`var sum = 0.0f;${copies.map((c) => eachCopy(c, body)).join("")}\n${after}`)
  const parts = (to: number) => `  let all = total(i32(l), sum);\n  if (l == 0) { sums[${to} + i32(w.x)] = all; }`
  const weights = offset("weights")
  if (copies.length > 0) {
    const mean = (at: string) => `var mean = 0.0f;
      for (var c = 0; c < copies; c++) { mean += memory[${at}first + c * size]; }
      mean /= f32(copies);`
    add(
      "pull",
      copied(
        `${mean(`${weights} + `)}
      for (var c = 0; c < copies; c++) {
        let at = first + c * size;
        let off = memory[${weights} + at] - mean;
        sum += off * off;
        memory[at] += 2.0f * numbers[${number("pull")}] * off;
      }`,
        parts(part.distance),
      ),
      shared,
    )
    add(
      "fold",
      copied(
        `${mean("")}\n      for (var c = 1; c < copies; c++) { memory[first + c * size] = 0.0f; }\n      memory[first] = mean;`,
      ),
      shared,
    )
    add("spread", copied("for (var c = 1; c < copies; c++) { memory[first + c * size] = memory[first]; }"), shared)
    add(
      "average",
      copied(
        arrays
          .map(
            (name) => `{\n      ${mean(`${offset(name)} + `)}
      for (var c = 0; c < copies; c++) { memory[${offset(name)} + first + c * size] = mean; }\n      }`,
          )
          .join("\n      "),
      ),
      shared,
    )
  }
  add(
    "squares",
    main(`var sum = 0.0f;
  let limit = numbers[${number("limit")}];
  ${each} {
    let g = max(min(memory[i], limit), -limit);
    sum += select(g * g, memory[i], ${notFinite("memory[i]")}); // a limit would hide them
  }
${parts(part.squares)}`),
    shared,
  )
  add(
    "scale",
    main(`let most = numbers[${number("clip")}];
  let all = total(i32(l), select(0.0f, sums[${part.squares} + i32(l)], i32(l) < ${shared}));
  if (l == 0) {
    let norm = sqrt(all);
    sums[${part.norm}] = norm;
    numbers[${number("scale")}] = select(most / norm, 1.0f, norm <= most); // what is no number stays none
  }`),
    1,
  )
  const noisy = new KernelBuilder({ registers: 8, parallel: true })
  gradientKernel(noisy, rows)
  const given = (["limit", "scale", "deviation"] as const).map(number)
  add("gradient", laneMain(noisy.finish("kernel"), [0, ...given]), everywhere)
  const update = new KernelBuilder({ registers: 8, parallel: true })
  const operands = plan.inputs.map((name) => {
    const lane = name === "gradient" || arrays.includes(name)
    return { name, operand: { shape: [lane ? rows : 1], lane } }
  })
  const assignments = atOnce(plan.update, plan.inputs)
  mapKernel(
    update,
    [rows],
    operands.map(({ operand }) => operand),
    assignments.map(({ value }) => value),
  )
  let next = stepNumbers.length
  const places = operands.map(({ name, operand }) => (operand.lane ? offset(name) : next++))
  add("update", laneMain(update.finish("kernel"), [...places, ...assignments.map(({ to }) => offset(to))]), everywhere)
  add(
    "finite",
    main(`var sum = 0.0f;
  ${each} { if (${notFinite(`memory[${weights} + i]`)}) { sum += 1.0f; } }
${parts(part.broken)}`),
    shared,
  )
  return out
}

/** By its bits: a compiler may assume that there are neither infinities nor NaN. */
const notFinite = (x: string) => `(bitcast<u32>(${x}) & 0x7f800000u) == 0x7f800000u`

const head = (numbers: string) => `@group(0) @binding(0) var<storage, read_write> ${numbers}: array<f32>;
@group(0) @binding(1) var<storage, read_write> memory: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> words: vec4<i32>;
`
const builtins = `@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) n: vec3<u32>, @builtin(workgroup_id) w: vec3<u32>, @builtin(local_invocation_index) l: u32`

const main = (body: string): string => `${head("numbers")}
var<workgroup> partial: array<f32, ${LEARNING_SIZE}>;
/** The workgroup's sum, always in the same order. */
fn total(local: i32, value: f32) -> f32 {
  partial[local] = value;
  workgroupBarrier();
  for (var half = ${LEARNING_SIZE / 2}; half > 0; half /= 2) {
    if (local < half) { partial[local] += partial[local + half]; }
    workgroupBarrier();
  }
  return partial[0];
}
@compute @workgroup_size(${LEARNING_SIZE})
fn main(${builtins}) {
  ${body}
}
`

const eachCopy = ({ offset, size, copies }: LearningPlan["copies"][number], body: string) => `
  for (var i = i32(id.x); i < ${size}; i += i32(n.x) * ${LEARNING_SIZE}) {
      let first = ${offset} + i;
      let size = ${size};
      let copies = ${copies};
      ${body}
  }`

/** A kernel of the lane language over rows of 16 numbers; `places` are its buffers' first elements. */
const laneMain = (kernel: Kernel, places: readonly number[]): string => `${head("weights")}
struct Context { ${[...contextFields, "group", "groups"].map((f) => `${f}: i32`).join(", ")} }
var<private> local: i32;
var<private> slot: i32;
var<private> lane: i32;
var<private> first: i32;
var<private> stride: i32;
var<workgroup> partial: array<f32, ${LEARNING_SIZE}>;

${renderWgslKernel(
  kernel,
  kernel.buffers.map((b) => (b.lane ? "io" : "shared")),
  { size: LEARNING_SIZE, lanes: LANES },
)}

@compute @workgroup_size(${LEARNING_SIZE})
fn main(${builtins}) {
  local = i32(l);
  slot = local % ${LANES};
  lane = slot;
  first = i32(w.x) * ${LEARNING_SIZE / LANES} + local / ${LANES};
  stride = i32(n.x) * ${LEARNING_SIZE / LANES};
  ${kernel.name}(Context(${contextFields.map((f) => ({ seed: "words.x", trainStep: "words.y" })[f as string] ?? "0").join(", ")}, i32(w.x), i32(n.x)), ${places.join(", ")});
}
`
