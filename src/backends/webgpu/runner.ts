// Runs one plan: pipelines by lanes per workgroup, one buffer for all computed tensors, one for the
// parameters, and one command buffer per wave. It returns the outputs and one gradient, already summed over
// blocks.

import { UserError } from "../../core/errors.ts"
import { LANES } from "../../core/lanes.ts"
import { sizeAt } from "../../core/shape.ts"
import { matrixFault } from "../../kernel/wgsl-matrix.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Block, RunOptions, RunResult } from "../backend.ts"
import { writeInputs } from "../layout.ts"
import { type Lost, submitted, unlessLost } from "./guard.ts"
import { gradientShader, renderWgsl, type Stage } from "./program.ts"
import { dispatchesOf, RANGE_BYTES } from "./schedule.ts"
import type { Settings } from "./settings.ts"
import { recordsOf, type Wave, wavesOf } from "./waves.ts"

interface Pipelines {
  readonly lanes: number
  readonly stages: readonly { readonly stage: Stage; readonly pipeline: GPUComputePipeline }[]
  readonly gradient: GPUComputePipeline | undefined
}

/** What the caller adds to a run: buffers, and commands after the gradient. */
export interface Around {
  readonly weights: GPUBuffer
  /** Receives the gradient. */
  readonly total: GPUBuffer
  /** Records commands that follow the gradient. */
  finish?(encoder: GPUCommandEncoder): void
  /** Read back together with the outputs. */
  readonly read: { readonly buffer: GPUBuffer; readonly bytes: number }
}
export interface Executed {
  readonly outputs: RunResult["outputs"]
  readonly more: Float32Array
}

export class Runner {
  readonly plan: Plan
  readonly #device: GPUDevice
  readonly #lost: Lost
  readonly #settings: Settings
  readonly #pipelines = new Map<number, Promise<Pipelines>>()
  readonly #layout: GPUBindGroupLayout
  #weights: GPUBuffer | undefined
  #total: GPUBuffer | undefined
  #memory: GPUBuffer | undefined
  #halves: GPUBuffer | undefined
  #records: GPUBuffer | undefined
  #ranges: GPUBuffer | undefined
  #staging: GPUBuffer | undefined
  #disposed = false
  peakBytes = 0

  constructor(plan: Plan, device: GPUDevice, lost: Lost, settings: Settings) {
    this.plan = plan
    this.#device = device
    this.#lost = lost
    this.#settings = settings
    const storage = (binding: number, type: GPUBufferBindingType) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })
    this.#layout = device.createBindGroupLayout({
      entries: [
        storage(0, "read-only-storage"),
        storage(1, "storage"),
        storage(2, "read-only-storage"),
        { binding: 3, visibility: GPUShaderStage.COMPUTE, buffer: { type: "uniform", hasDynamicOffset: true } },
        ...(settings.halves ? [storage(4, "storage")] : []),
      ],
    })
  }

  /** Lanes per workgroup: few if there are few blocks, so that enough workgroups keep the device busy. */
  #lanesFor(blocks: number): number {
    const { lanes, mode } = this.#settings
    if (mode === "wide") return LANES
    if (lanes !== undefined) return lanes
    let chosen = LANES
    while (chosen > 1 && (blocks * LANES) / chosen < WORKGROUPS_WANTED) chosen /= 2
    return chosen
  }

  #compiled(lanes: number): Promise<Pipelines> {
    let pipelines = this.#pipelines.get(lanes)
    if (!pipelines) {
      pipelines = this.#compile(lanes)
      this.#pipelines.set(lanes, pipelines)
    }
    return pipelines
  }

  async #compile(lanes: number): Promise<Pipelines> {
    const options = { ...this.#settings, lanes }
    const { matrices } = options
    const fault = matrices && matrixFault(options, matrices, this.#device.limits.maxComputeWorkgroupStorageSize)
    if (fault) throw new UserError(`webgpu-half: ${fault}; tune again with neural-gpu bench --tune`)
    const layout = this.#device.createPipelineLayout({ bindGroupLayouts: [this.#layout] })
    const make = (code: string, label: string, layout: GPUPipelineLayout | "auto") =>
      this.#device.createComputePipelineAsync({
        label,
        layout,
        compute: { module: this.#device.createShaderModule({ code, label }), entryPoint: "main" },
      })
    const stages = await Promise.all(
      renderWgsl(this.plan, options).map(async (stage) => ({
        stage,
        pipeline: await make(stage.code, stage.name, layout),
      })),
    )
    const accumulators = this.plan.buffers.findIndex((b) => b.name === "accumulators" && b.region === "arena")
    const gradient =
      this.plan.gradient && this.plan.trainableSize > 0
        ? await make(gradientShader(this.plan, accumulators, lanes), "gradient", "auto")
        : undefined
    return { lanes, stages, gradient }
  }

  async run(shared: Float32Array, blocks: readonly Block[], options: RunOptions): Promise<RunResult> {
    const { plan } = this
    const size = plan.gradient ? plan.trainableSize : 0
    if (blocks.length === 0) return { outputs: [], gradient: new Float32Array(size) }
    const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage
    const made = (floats: number, usage: number) =>
      this.#device.createBuffer({ size: Math.max(16, 4 * floats), usage: STORAGE | usage })
    const around = (): Around => {
      const weights = (this.#weights ??= made(plan.sharedSize, COPY_DST))
      const total = (this.#total ??= made(size, COPY_SRC))
      this.#device.queue.writeBuffer(weights, 0, shared as Float32Array<ArrayBuffer>)
      return { weights, total, read: { buffer: total, bytes: 4 * size } }
    }
    const { outputs, more } = await this.execute(around, blocks, options)
    return { outputs, gradient: more }
  }

  /**
   * Runs blocks with the weights on the device, where the gradient stays too. `around` writes what the step
   * reads.
   */
  execute(around: () => Around, blocks: readonly Block[], options: RunOptions): Promise<Executed> {
    return unlessLost(this.#lost, async () => {
      if (this.#disposed) throw new Error("webgpu: this program has been disposed")
      const waves = wavesOf(this.plan, blocks, this.#settings.bytes, this.#settings.halves)
      const pipelines = await this.#compiled(this.#lanesFor(blocks.length))
      let results: () => Executed = () => ({ outputs: [], more: new Float32Array(0) })
      await submitted(
        this.#device,
        () => {
          const recorded = this.#record(around(), blocks, options, waves, pipelines)
          results = recorded.results
          return { buffer: this.#staging as GPUBuffer, bytes: recorded.bytes }
        },
        () => this.peakBytes,
      )
      return results()
    })
  }

  #grown(buffer: GPUBuffer | undefined, size: number, usage: number): GPUBuffer {
    if (buffer && buffer.size >= size) return buffer
    buffer?.destroy()
    return this.#device.createBuffer({ size: Math.max(16, Math.ceil(size / 16) * 16), usage })
  }

  #record(io: Around, blocks: readonly Block[], options: RunOptions, waves: readonly Wave[], pipelines: Pipelines) {
    const { plan } = this
    const device = this.#device
    const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage
    const outputsOf = (block: Block) => plan.outputs.map((b) => 4 * sizeAt(b.shape, block.length) * LANES)
    const bytes = blocks.reduce((sum, b) => sum + outputsOf(b).reduce((a, n) => a + n, 0), 0) + io.read.bytes
    const memoryBytes = 4 * Math.max(...waves.map((w) => w.floats))
    this.#memory = this.#grown(this.#memory, memoryBytes, STORAGE | COPY_DST | COPY_SRC)
    this.#staging = this.#grown(this.#staging, bytes, COPY_DST | MAP_READ)
    if (this.#settings.halves)
      this.#halves = this.#grown(this.#halves, 2 * Math.max(...waves.map((w) => w.halves)), STORAGE)
    const [memory, staging, halves] = [this.#memory, this.#staging, this.#halves]
    const places = blocks.map(() => [] as number[])
    let to = 0
    waves.forEach((wave, number) => {
      const encoder = device.createCommandEncoder()
      this.#recordWave(encoder, io, memory, blocks, options, wave, number === 0, pipelines)
      for (const { block, layout, io } of wave.placed)
        plan.outputs.forEach((buffer, o) => {
          const from = 4 * (io + layout.table[2 * plan.buffers.indexOf(buffer)])
          const size = outputsOf(blocks[block])[o]
          encoder.copyBufferToBuffer(memory, from, staging, to, size)
          places[block].push(to / 4)
          to += size
        })
      if (number === waves.length - 1) {
        io.finish?.(encoder)
        if (io.read.bytes > 0) encoder.copyBufferToBuffer(io.read.buffer, 0, staging, to, io.read.bytes)
      }
      device.queue.submit([encoder.finish()])
    })
    const held = [memory, halves, staging, io.weights, io.total, this.#records, this.#ranges]
    this.peakBytes = Math.max(
      this.peakBytes,
      held.reduce((sum, b) => sum + (b?.size ?? 0), 0),
    )
    const results = (): Executed => {
      const values = new Float32Array(staging.getMappedRange(0, bytes)).slice()
      staging.unmap()
      const outputs = blocks.map((block, b) =>
        Object.fromEntries(
          plan.outputs.map((buffer, o) => {
            const at = places[b][o]
            return [buffer.name, values.subarray(at, at + outputsOf(block)[o] / 4)]
          }),
        ),
      )
      return { outputs, more: values.slice(to / 4, (to + io.read.bytes) / 4) }
    }
    return { bytes, results }
  }

  /** Uploads the inputs of a wave and records its commands. */
  #recordWave(
    encoder: GPUCommandEncoder,
    io: Around,
    memory: GPUBuffer,
    blocks: readonly Block[],
    options: RunOptions,
    wave: Wave,
    isFirst: boolean,
    { lanes, stages, gradient }: Pipelines,
  ): void {
    const { plan } = this
    const device = this.#device
    const { STORAGE, COPY_DST, UNIFORM } = GPUBufferUsage
    const inputs = new Float32Array(wave.ioSize)
    for (const p of wave.placed) writeInputs(plan, p.layout, blocks[p.block], inputs, p.io)
    device.queue.writeBuffer(memory, 0, inputs)
    const records = recordsOf(plan, wave, blocks, options)
    this.#records = this.#grown(this.#records, records.byteLength, STORAGE | COPY_DST)
    device.queue.writeBuffer(this.#records, 0, records as Int32Array<ArrayBuffer>)
    const sizes = wave.placed.map(({ block }) => ({ L: blocks[block].length, T: blocks[block].steps }))
    const { dispatches, ranges } = dispatchesOf(
      plan,
      stages.map((s) => s.stage),
      sizes,
      { ...this.#settings, lanes },
    )
    const last = ranges.length / (RANGE_BYTES / 4)
    const all = new Int32Array((last + 1) * (RANGE_BYTES / 4))
    all.set(ranges)
    all.set([isFirst ? 1 : 0, wave.placed.length], (last * RANGE_BYTES) / 4)
    this.#ranges = this.#grown(this.#ranges, all.byteLength, UNIFORM | COPY_DST)
    device.queue.writeBuffer(this.#ranges, 0, all)
    const group = device.createBindGroup({
      layout: this.#layout,
      entries: [
        { binding: 0, resource: { buffer: io.weights } },
        { binding: 1, resource: { buffer: memory } },
        { binding: 2, resource: { buffer: this.#records } },
        { binding: 3, resource: { buffer: this.#ranges, size: 16 } },
        ...(this.#halves ? [{ binding: 4, resource: { buffer: this.#halves } }] : []),
      ],
    })
    const pass = encoder.beginComputePass()
    for (const { stage, range, x, y } of dispatches) {
      pass.setPipeline(stages[stage].pipeline)
      pass.setBindGroup(0, group, [range * RANGE_BYTES])
      pass.dispatchWorkgroups(x, y)
    }
    if (gradient) {
      pass.setPipeline(gradient)
      const entries = [
        { binding: 0, resource: { buffer: io.total } },
        { binding: 1, resource: { buffer: memory } },
        { binding: 2, resource: { buffer: this.#records } },
        { binding: 3, resource: { buffer: this.#ranges, offset: last * RANGE_BYTES, size: 16 } },
      ]
      pass.setBindGroup(0, device.createBindGroup({ layout: gradient.getBindGroupLayout(0), entries }))
      pass.dispatchWorkgroups(Math.min(4096, Math.ceil(plan.trainableSize / 64)))
    }
    pass.end()
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    const buffers = [this.#weights, this.#total, this.#memory, this.#halves, this.#records, this.#ranges, this.#staging]
    for (const buffer of buffers) buffer?.destroy()
  }
}

/** Number of workgroups that keep a GPU busy: about one per core of the largest cards. */
const WORKGROUPS_WANTED = 128
