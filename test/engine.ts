// What the engine's tests share: the backends of this machine, and comparisons with the reference; samples.ts is re-exported.

import { existsSync } from "node:fs"
import { expect } from "vitest"
import type { Backend, Block, Program } from "../src/backends/backend.ts"
import { native } from "../src/backends/native/index.ts"
import { reference } from "../src/backends/reference/index.ts"
import { webgpu } from "../src/backends/webgpu/index.ts"
import { add, type Expr, mul } from "../src/core/expr.ts"
import { sum } from "../src/core/map.ts"
import { dcgru } from "../src/layers/dcgru.ts"
import { dropout } from "../src/layers/dropout.ts"
import type { Plan } from "../src/plan/plan.ts"
import { difference, mask, options, planOf, scaled, sharedValues } from "./samples.ts"

export * from "./samples.ts"

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

/** A scan of everything that a Neural GPU is made of, so that one compilation tests it all. */
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
