// What is specific to WebGPU: lanes distributed over workgroups, waves when memory is small, programs per
// mode, and messages where it cannot run. Agreement with the reference is tested for all backends together.

import { afterEach, describe, expect, it, vi } from "vitest"
import type { Backend } from "../../../src/backends/backend.ts"
import { createBackend, devices } from "../../../src/backends/index.ts"
import { wasm } from "../../../src/backends/wasm/index.ts"
import { planFor, webgpu } from "../../../src/backends/webgpu/index.ts"
import type { WebgpuOptions } from "../../../src/backends/webgpu/settings.ts"
import { bytesOfLargest, wavesOf } from "../../../src/backends/webgpu/waves.ts"
import { UserError } from "../../../src/core/errors.ts"
import { LANES } from "../../../src/core/lanes.ts"
import { type PartialConfig, resolveConfig } from "../../../src/training/config.ts"
import type { Snapshot } from "../../../src/training/events.ts"
import { train } from "../../../src/training/trainer.ts"
import { agree, difference, noWebgpu, options, randomBlock, sharedValues, smallScan } from "../../engine.ts"

/** float32 against float64, in units of max(1, a tensor's largest number). */
const TOLERANCE = 5e-6

const p = smallScan
const blocks = [randomBlock(p, 3, 3), randomBlock(p, 7, 5, LANES), randomBlock(p, 1, 2, 2 * LANES)]

describe.skipIf(noWebgpu)("on a WebGPU device", () => {
  const check = async (given: WebgpuOptions) => {
    const program = await webgpu(given).compile(p)
    await agree(p, program, blocks, TOLERANCE)
    await program.dispose()
  }

  it("several lengths and step counts at once; four lanes a workgroup; every call a dispatch: all equal the reference", async () => {
    await check({ lanes: 4, size: 32 })
    await check({ mode: "wide" })
    await check({ operations: 1 }) // one dispatch per step
  })

  it("the same twice, bit for bit, and in waves when memory holds only one block", async () => {
    const largest = bytesOfLargest(planFor(p), blocks)
    expect(wavesOf(planFor(p), blocks, largest).length).toBeGreaterThan(1)
    const program = await webgpu({ bytes: largest }).compile(p)
    const { got: waves } = await agree(p, program, blocks, TOLERANCE)
    const again = await program.run(sharedValues(p), blocks, options)
    expect(again).toEqual(waves)
    await program.dispose()
    // with less memory, the plan that saves less is used
    expect(bytesOfLargest(p, blocks)).toBeLessThan(largest)
    await check({ bytes: bytesOfLargest(p, blocks) })
  })

  it("says how large a block is that does not fit, and what to do", async () => {
    const program = await webgpu({ bytes: 1000 }).compile(p)
    await expect(program.run(sharedValues(p), blocks, options)).rejects.toThrow(
      /length \d+ with \d+ steps needs .* use a shorter length/,
    )
    await expect(program.run(sharedValues(p), blocks, options)).rejects.toBeInstanceOf(UserError)
    await program.dispose()
  })

  it("names the adapter, and knows one that is a CPU in disguise", async () => {
    const { name, software } = await webgpu().adapter()
    expect(name).not.toBe("")
    expect(software).toBe(/swiftshader|llvmpipe/i.test(name))
  })

  const small: PartialConfig = {
    task: { name: "add" },
    model: { maps: 6 },
    learningRate: 0.02,
    sizes: [[1, 2]],
    phases: [{ until: "learned", dropout: { rate: 0.2 }, clip: { norm: 1 } }, { noise: { start: 0.2, max: 0.5 } }],
    seed: 3,
    // no evaluation in these few steps: each would compile one more program
    learned: { every: 1000 },
  }
  async function last(steps: number, backend: Backend, from?: Snapshot): Promise<Snapshot> {
    let snapshot: Snapshot | undefined
    for await (const event of train(resolveConfig({ ...small, steps }), backend, from))
      if (event.type === "done") snapshot = await event.snapshot()
    return snapshot as Snapshot
  }

  it("a run begun on wasm goes on here, and the other way round, within 1e-4 of staying where it was", async () => {
    const stayed = await last(8, wasm(1))
    const begun = await last(4, wasm(1))
    const there = await last(6, webgpu(), begun)
    const back = await last(8, wasm(1), there)
    for (const [name, { data }] of stayed.tensors)
      expect(difference(back.tensors.get(name)?.data ?? [], data), name).toBeLessThan(1e-4)
    expect(back.state.step).toBe(8)
  })
})

describe("where there is no GPU", () => {
  afterEach(() => vi.unstubAllGlobals())

  it("a browser without WebGPU, and one without an adapter, are told what to use instead", async () => {
    vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } })
    await expect(webgpu().compile(p)).rejects.toThrow(
      "there is no GPU that WebGPU can use; use --device native or --device wasm",
    )
    await expect(webgpu().adapter()).rejects.toBeInstanceOf(UserError)
  })

  it("a device that is lost during a run says so, and how to go on", async () => {
    const lose: ((info: { message: string; reason: string }) => void)[] = []
    const device = {
      lost: new Promise<{ message: string; reason: string }>((resolve) => lose.push(resolve)),
      limits: { maxComputeInvocationsPerWorkgroup: 256, maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 27 },
      createBindGroupLayout: () => ({}),
      createPipelineLayout: () => ({}),
      createShaderModule: () => ({}),
      createComputePipelineAsync: async () => {
        lose[0]({ message: "the driver crashed", reason: "unknown" })
        throw new Error("no pipeline")
      },
      createBuffer: () => ({ destroy: () => {} }),
    }
    const info = { vendor: "test", architecture: "", device: "", description: "" }
    const adapter = { info, limits: {}, features: new Set(), requestDevice: async () => device }
    vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } })
    vi.stubGlobal("GPUShaderStage", { COMPUTE: 4 })
    vi.stubGlobal("GPUBufferUsage", { STORAGE: 128, COPY_DST: 8, COPY_SRC: 4, UNIFORM: 64, MAP_READ: 1 })
    const program = await webgpu().compile(p)
    await expect(program.run(sharedValues(p), blocks, options)).rejects.toThrow(
      /the device was lost \(the driver crashed\); go on from the last checkpoint with --resume/,
    )
  })

  it("`auto` never takes it unasked, and says why a faster device was passed over", async () => {
    expect(devices.map((d) => d.name)).toContain("webgpu")
    const { backend, note } = await createBackend("auto", { workers: 1, env: { PATH: "" }, ownThread: true })
    expect(backend.name).toBe("wasm")
    expect(note).toMatch(/^native is not used: no working C compiler/)
  })
})
