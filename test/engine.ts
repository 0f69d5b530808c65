// Shared by the engine's tests: the backends of this machine, and comparisons with the reference. It
// re-exports samples.ts.

import { existsSync } from "node:fs"
import { afterAll, expect } from "vitest"
import type { Backend, Block, Program } from "../src/backends/backend.ts"
import { nativeHere } from "../src/backends/native/index.ts"
import { reference } from "../src/backends/reference/index.ts"
import { wasm } from "../src/backends/wasm/index.ts"
import { webgpu } from "../src/backends/webgpu/index.ts"
import { add, type Expr, mul } from "../src/core/expr.ts"
import { sum } from "../src/core/map.ts"
import { dcgru } from "../src/layers/dcgru.ts"
import { dropout } from "../src/layers/dropout.ts"
import type { Plan } from "../src/plan/plan.ts"
import { difference, mask, options, planOf, scaled, sharedValues } from "./samples.ts"

export * from "./samples.ts"

/** A backend to compare with the reference. */
export interface Candidate {
  readonly name: string
  create(workers: number): Backend
}

/** BACKENDS=wasm,clang tests exactly those named. */
const named = process.env.BACKENDS?.split(",")
const wanted = (name: string) => named?.includes(name) ?? true

const found = ["gcc", "clang"].filter(wanted).map(async (CC): Promise<Candidate[]> => {
  const { open } = await nativeHere({ ...process.env, CC })
  return open ? [{ name: `native ${CC}`, create: open }] : []
})
const compilers = (await Promise.all(found)).flat()

/** WebGPU in Node: on the GPU's own driver, or else on Chromium's software adapter. */
const softwareDriver = "/usr/lib/chromium/vk_swiftshader_icd.json"
if (!process.env.VK_ICD_FILENAMES && !existsSync("/usr/share/vulkan/icd.d") && existsSync(softwareDriver))
  process.env.VK_ICD_FILENAMES = softwareDriver
/** Why WebGPU is not tested here; undefined where it is. */
export const noWebgpu: string | undefined = wanted("webgpu")
  ? await webgpu()
      .adapter()
      .then(
        () => undefined,
        (error: Error) => error.message,
      )
  : "BACKENDS does not name it"
if (noWebgpu) console.warn(`WebGPU is not tested here: ${noWebgpu}`)

const others: Candidate[] = [
  ...(wanted("wasm") ? [{ name: "wasm", create: wasm }] : []),
  ...(noWebgpu ? [] : [{ name: "webgpu", create: () => webgpu() }]),
]
/**
 * Every backend of this machine except the reference. One C compiler unless BACKENDS names both, as both
 * compile the same text.
 */
export const candidates: readonly Candidate[] = [...(named ? compilers : compilers.slice(0, 1)), ...others]
/**
 * The same with every C compiler, for the few tests that cover all kernels: each op, kernel maths, a training
 * step.
 */
export const candidatesOfAllCompilers: readonly Candidate[] = [...compilers, ...others]

/** A candidate that compiles each plan once per test file, and is disposed of at its end. */
export function compilingOnce({ name, create }: Candidate): Candidate {
  const programs = new Map<string, Map<Plan, Promise<Program>>>()
  afterAll(async () => {
    for (const kept of programs.values())
      for (const program of kept.values()) await program.then((p) => p.dispose()).catch(() => {})
  })
  return {
    name,
    create(workers) {
      const backend = create(workers)
      const key = `${backend.workers} workers` // webgpu always has one
      const kept = programs.get(key) ?? new Map<Plan, Promise<Program>>()
      programs.set(key, kept)
      const compile = async (plan: Plan): Promise<Program> => {
        const program = kept.get(plan) ?? backend.compile(plan)
        kept.set(plan, program)
        return Object.create(await program, { dispose: { value: async () => {} } })
      }
      return Object.create(backend, { compile: { value: compile } })
    },
  }
}

/** A scan with everything in a Neural GPU, so that one compilation tests it all. */
export const smallScan: Plan = planOf({
  scan: (g) => {
    const m = mask(g)
    const keep = g.setting("keep", 0.6)
    const [state, cost] = g.scan([scaled(g, ["L", 1, 3]), g.zeros([1, 1, 1])], ([s, total]) => {
      const drop = (c: Expr, keep: Expr) => dropout(c, keep, 11)
      const next = dcgru(g, "dcgru", s, m, { kernel: [3, 1], scale: 1.5, keep, dropout: drop })
      return [next.state, g.map([total, next.cost], add)]
    })
    return g.map([state, cost], mul)
  },
  sum: (g) => sum(g, scaled(g, ["L", 2, 3], "y"), [1, 1, 1]),
})

/**
 * Runs a plan on a backend and on the reference, and compares all outputs and the gradient of every tensor.
 */
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
