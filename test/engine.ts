// What the engine's tests share: the backends of this machine, graphs that hold many samples, random blocks, comparisons.

import { existsSync } from "node:fs"
import { expect } from "vitest"
import type { Backend, Block, Program } from "../src/backends/backend.ts"
import { native } from "../src/backends/native/index.ts"
import { reference } from "../src/backends/reference/index.ts"
import { webgpu } from "../src/backends/webgpu/index.ts"
import { less } from "../src/core/expr.ts"
import { Graph } from "../src/core/graph.ts"
import { sum } from "../src/core/map.ts"
import type { Node } from "../src/core/op.ts"
import { type Init, initialValues } from "../src/core/params.ts"
import { type Plan, plan } from "../src/core/plan.ts"
import { random } from "../src/core/rng.ts"
import { type Shape, sizeAt } from "../src/core/shape.ts"
import { LANES } from "../src/kernel/language.ts"

export const options = { seed: 5, trainStep: 9 }

/** A backend that is to agree with the reference. */
export interface Candidate {
  readonly name: string
  create(workers: number): Backend
}

/** Every backend of this machine but the reference; with BACKENDS=wasm,gcc only those named. */
export const candidates: Candidate[] = []
const wanted = (name: string) => process.env.BACKENDS?.split(",").includes(name) ?? true
for (const CC of ["gcc", "clang"]) {
  const env = { ...process.env, CC }
  if (wanted(CC) && native(1, env))
    candidates.push({ name: `native ${CC}`, create: (workers) => native(workers, env) as Backend })
}
const wasmModule = new URL("../src/backends/wasm/index.ts", import.meta.url)
if (wanted("wasm") && existsSync(wasmModule)) {
  const { wasm } = (await import(wasmModule.href)) as { wasm(workers: number): Backend }
  candidates.push({ name: "wasm", create: wasm })
}

/** WebGPU in Node, on the software adapter that Chromium brings where there is no GPU; a GPU's own driver is left as it is. */
const softwareDriver = "/usr/lib/chromium/vk_swiftshader_icd.json"
if (!process.env.VK_ICD_FILENAMES && !existsSync("/usr/share/vulkan/icd.d") && existsSync(softwareDriver))
  process.env.VK_ICD_FILENAMES = softwareDriver
/** Why WebGPU is not tested here; undefined where it is. */
export const noWebgpu: string | undefined = await webgpu()
  .adapter()
  .then(
    () => undefined,
    (error: Error) => error.message,
  )
if (noWebgpu) console.warn(`WebGPU is not tested here: ${noWebgpu}`)
else if (wanted("webgpu")) candidates.push({ name: "webgpu", create: () => webgpu() })

/** A graph whose inputs' names begin with the name of the sample that is being added. */
export class SampleGraph extends Graph {
  prefix = ""
  override lane(name: string, shape: Shape) {
    return super.lane(`${this.prefix}${name}`, shape)
  }
  override parameter(name: string, shape: readonly number[], init: Init) {
    return super.parameter(`${this.prefix}${name}`, shape, init)
  }
  override watch(name: string, make: () => Node) {
    super.watch(`${this.prefix}${name}`, make)
  }
  override setting(name: string, value: number) {
    return super.setting(`${this.prefix}${name}`, value)
  }
}

/** A random projection of a node: one number, whose gradient tests every element's gradient. */
export const project = (g: Graph, node: Node): Node => {
  const weights = g.lane("projection", node.shape)
  const product = g.map([node, weights], (a, b) => ({ op: "mul", a, b }))
  return sum(g, product, [1])
}

/** 1 at about three places of four, 0 at the others: [L, 1, 1]. */
export const mask = (g: Graph): Node => g.map([g.lane("mask", ["L", 1, 1])], (x) => less(-0.5, x))

/** One graph with all samples, the plan with every sample's output and the gradients of all their projections. */
export function planOf(
  samples: Readonly<Record<string, (g: Graph) => Node>>,
  memory: "store" | "recompute" = "store",
): Plan {
  const g = new SampleGraph()
  const outputs: Record<string, Node> = {}
  const losses: Node[] = []
  for (const [name, sample] of Object.entries(samples)) {
    g.prefix = `${name}: `
    outputs[name] = sample(g)
    losses.push(project(g, outputs[name]))
  }
  const loss = losses.reduce((a, b) => g.map([a, b], (a, b) => ({ op: "add", a, b })))
  return plan(g, { outputs: { ...outputs, loss }, loss, memory })
}

/** A lane block of uniform numbers in [-1, 1). */
export function randomBlock(p: Plan, length: number, steps: number, firstExample = 0, seed = 1): Block {
  const inputs = p.inputs.map(({ name, shape }) => {
    const numbers = random(seed, firstExample, length, ...[...name].map((c) => c.charCodeAt(0)))
    return [name, Float32Array.from({ length: sizeAt(shape, length) * LANES }, () => 2 * numbers.uniform() - 1)]
  })
  return { length, steps, firstExample, inputs: Object.fromEntries(inputs) }
}

export const sharedValues = (p: Plan, seed = 3): Float32Array => initialValues(p.shared, seed)

/** Largest difference, in units of max(1, the largest number expected); NaN counts as infinite. */
export function difference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY
  let largest = 1
  let worst = 0
  for (let i = 0; i < want.length; i++) {
    largest = Math.max(largest, Math.abs(want[i]))
    const d = Math.abs(got[i] - want[i])
    worst = d <= worst ? worst : Number.isNaN(d) ? Number.POSITIVE_INFINITY : d
  }
  return worst / largest
}

/** Runs a plan on a backend and on the reference, and compares all outputs and the gradient of every tensor. */
export async function agree(p: Plan, program: Program, blocks: readonly Block[], tolerance: number, seed = 3) {
  const shared = sharedValues(p, seed)
  const got = await program.run(shared, blocks, options)
  const want = await (await reference.compile(p)).run(shared, blocks, options)
  blocks.forEach((block, b) => {
    for (const { name } of p.outputs)
      expect(difference(got.outputs[b][name], want.outputs[b][name]), `${name} at length ${block.length}`).toBeLessThan(
        tolerance,
      )
  })
  const at = `lengths ${blocks.map((b) => b.length)}`
  for (const { name, offset, size, trainable } of p.shared)
    if (trainable && p.gradient)
      expect(
        difference(got.gradient.subarray(offset, offset + size), want.gradient.subarray(offset, offset + size)),
        `gradient of ${name}, ${at}`,
      ).toBeLessThan(tolerance)
  return { got, want }
}
