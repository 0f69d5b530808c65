// Resident state on the device: weights and the arrays of an update stay there unless they are read. A step
// uploads lane blocks and a few scalars, and downloads outputs and a few sums. update-passes.ts renders the
// update.

import { initialValues, setValues } from "../../core/params.ts"
import type { Plan } from "../../plan/plan.ts"
import { type Update, WEIGHTS } from "../../plan/update.ts"
import type { Block, RunOptions } from "../backend.ts"
import type { Arrays, ArraysThen, Resident, StepNumbers, StepResult } from "../resident.ts"
import { allocated, type Lost, submitted, unlessLost } from "./guard.ts"
import type { Around, Runner } from "./runner.ts"
import { brokenCounts, PARTS, renderUpdate, type UpdateLayout, updateLayout } from "./update-passes.ts"

/** WGSL has no infinity, so this is the largest f32. */
const MOST = 3.4028234e38

/**
 * Bytes that the update transfers per step, beside the blocks' inputs and outputs. Up: scalars and settings.
 * Down: sums.
 */
export const updateBytes = (plan: Plan, update: Update) => ({
  up: 4 * (update.numbers.length + plan.sharedSize - plan.trainableSize) + 16 * Math.max(1, update.keys.length),
  down: 4 * (update.sums.length + brokenCounts.length),
})

/** Compiles the passes of an update and their bind group layout. */
async function compilePasses(update: Update, layout: UpdateLayout, device: GPUDevice, lost: Lost) {
  const entry = (binding: number, type: GPUBufferBindingType) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  })
  const groupLayout = device.createBindGroupLayout({
    entries: [entry(0, "storage"), entry(1, "storage"), entry(2, "storage"), entry(3, "uniform")],
  })
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [groupLayout] })
  // Passes with the same source share one pipeline.
  const pipelines = new Map<string, Promise<GPUComputePipeline>>()
  const pipelineOf = (name: string, code: string) => {
    const known = pipelines.get(code)
    if (known) return known
    const module = device.createShaderModule({ code, label: `update: ${name}` })
    const made = device.createComputePipelineAsync({ layout: pipelineLayout, compute: { module, entryPoint: "main" } })
    pipelines.set(code, made)
    return made
  }
  const passes = await unlessLost(lost, () =>
    Promise.all(
      renderUpdate(update, layout).map(async ({ name, code, workgroups }) => ({
        pipeline: await pipelineOf(name, code),
        workgroups,
      })),
    ),
  )
  return { groupLayout, passes }
}

/** Allocates the device memory of a resident state. */
async function allocateState(plan: Plan, update: Update, layout: UpdateLayout, device: GPUDevice, lost: Lost) {
  const { STORAGE, COPY_DST, COPY_SRC, UNIFORM } = GPUBufferUsage
  const { stride, arrays, numbers } = layout
  const kept = update.arrays.length * stride
  const make = () => {
    const buffer = (floats: number, usage: number) => device.createBuffer({ size: Math.max(16, 4 * floats), usage })
    return {
      weights: buffer(plan.sharedSize, STORAGE | COPY_DST),
      state: buffer(arrays.length * stride, STORAGE | COPY_DST | COPY_SRC), // the gradient comes first
      remembered: [buffer(kept, COPY_DST | COPY_SRC), buffer(kept, COPY_DST | COPY_SRC)],
      numbers: buffer(numbers.length, STORAGE | COPY_DST | COPY_SRC),
      sums: buffer(numbers.length - update.numbers.length, COPY_DST | COPY_SRC),
      parts: buffer(PARTS, STORAGE),
      words: buffer(4 * Math.max(1, update.keys.length), UNIFORM | COPY_DST),
    }
  }
  const bytes = 4 * (plan.sharedSize + arrays.length * stride + 2 * kept)
  return unlessLost(lost, () => allocated(device, make, bytes))
}

/** Reads `floats` numbers of a buffer. */
async function download(device: GPUDevice, from: GPUBuffer, offset: number, floats: number): Promise<Float32Array> {
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ
  const make = () => device.createBuffer({ size: Math.max(16, 4 * floats), usage })
  const staging = await allocated(device, make, 4 * floats)
  await submitted(
    device,
    () => {
      const encoder = device.createCommandEncoder()
      encoder.copyBufferToBuffer(from, 4 * offset, staging, 0, 4 * floats)
      device.queue.submit([encoder.finish()])
      return { buffer: staging, bytes: 4 * floats }
    },
    () => 4 * floats,
  )
  const values = new Float32Array(staging.getMappedRange(0, 4 * floats)).slice()
  staging.destroy()
  return values
}

export async function deviceResident(
  plan: Plan,
  update: Update,
  device: GPUDevice,
  lost: Lost,
  runnerFor: (blocks: readonly Block[]) => Runner,
): Promise<Resident> {
  const layout = updateLayout(update, plan.trainableSize)
  const compiled = await compilePasses(update, layout, device, lost)
  const held = await allocateState(plan, update, layout, device, lost)
  return new DeviceResident({ plan, update, device, lost, runnerFor, layout, held, ...compiled })
}

interface Parts {
  readonly plan: Plan
  readonly update: Update
  readonly device: GPUDevice
  readonly lost: Lost
  readonly runnerFor: (blocks: readonly Block[]) => Runner
  readonly layout: UpdateLayout
  readonly held: Awaited<ReturnType<typeof allocateState>>
  readonly groupLayout: GPUBindGroupLayout
  readonly passes: readonly { readonly pipeline: GPUComputePipeline; readonly workgroups: number }[]
}

class DeviceResident implements Resident {
  readonly #parts: Parts
  readonly #group: GPUBindGroup
  readonly #settings: Float32Array
  /** Names of what the update reports. */
  readonly #reported: readonly string[]
  #moments = 0
  #disposed = false
  /** The last two snapshots by number, kept after the device memory is freed. */
  readonly #last = new Map<number, Arrays>()

  constructor(parts: Parts) {
    const { plan, update, device, layout, held, groupLayout } = parts
    this.#parts = parts
    this.#settings = initialValues(plan.shared, 0)
    this.#reported = layout.numbers.slice(update.numbers.length)
    this.#group = device.createBindGroup({
      layout: groupLayout,
      entries: [held.numbers, held.state, held.parts, held.words].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    })
  }

  #at(name: string): number {
    const { arrays, stride } = this.#parts.layout
    return arrays.indexOf(name) * stride
  }

  /** Records the update, and copies the weights for the next step. */
  #record(encoder: GPUCommandEncoder): void {
    const { passes, held, layout, update } = this.#parts
    const pass = encoder.beginComputePass()
    pass.setBindGroup(0, this.#group)
    for (const { pipeline, workgroups } of passes) {
      pass.setPipeline(pipeline)
      pass.dispatchWorkgroups(workgroups)
    }
    pass.end()
    encoder.copyBufferToBuffer(held.state, 4 * this.#at(WEIGHTS), held.weights, 0, 4 * layout.trainable)
    encoder.copyBufferToBuffer(held.numbers, 4 * update.numbers.length, held.sums, 0, 4 * this.#reported.length)
  }

  #tell(given: StepNumbers): void {
    const { plan, update, device, held, layout } = this.#parts
    const { trainable } = layout
    const settings = this.#settings
    setValues(plan.shared, settings, given.settings)
    if (plan.sharedSize > trainable)
      device.queue.writeBuffer(held.weights, 4 * trainable, settings as Float32Array<ArrayBuffer>, trainable)
    const values = update.numbers.map((name) => Math.min(MOST, given.numbers[name]))
    if (values.length > 0) device.queue.writeBuffer(held.numbers, 0, Float32Array.from(values))
    const keys = update.keys.flatMap((name) => [...given.keys[name], 0, 0])
    if (keys.length > 0) device.queue.writeBuffer(held.words, 0, Uint32Array.from(keys))
  }

  async step(blocks: readonly Block[], options: RunOptions, told: StepNumbers): Promise<StepResult> {
    const { update, runnerFor, held } = this.#parts
    const around = (): Around => {
      this.#tell(told)
      return {
        weights: held.weights,
        total: held.state,
        finish: (encoder) => this.#record(encoder),
        read: { buffer: held.sums, bytes: 4 * this.#reported.length },
      }
    }
    const { outputs, more } = await runnerFor(blocks).execute(around, blocks, options)
    const found = Object.fromEntries(this.#reported.map((name, i) => [name, more[i]]))
    const finite = brokenCounts.every((name) => found[name] === 0)
    return { outputs, sums: Object.fromEntries(update.sums.map((name) => [name, found[name]])), finite }
  }

  remember(): ArraysThen {
    const { device, update, layout, held } = this.#parts
    const number = ++this.#moments
    const into = held.remembered[number % 2]
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(held.state, 4 * layout.stride, into, 0, 4 * update.arrays.length * layout.stride)
    device.queue.submit([encoder.finish()])
    return {
      read: async () => {
        if (this.#moments > number + 1)
          throw new Error("this snapshot is too old: read it before two later ones are taken")
        return this.#last.get(number) ?? this.#arraysIn(into)
      },
    }
  }

  #read(from: GPUBuffer, offset: number, floats: number): Promise<Float32Array> {
    const { lost, device } = this.#parts
    return unlessLost(lost, () => {
      if (this.#disposed) throw new Error("webgpu: this state has been disposed")
      return download(device, from, offset, floats)
    })
  }

  async #arraysIn(from: GPUBuffer): Promise<Arrays> {
    const { update, layout } = this.#parts
    const { stride, trainable } = layout
    const values = await this.#read(from, 0, update.arrays.length * stride)
    return Object.fromEntries(
      update.arrays.map((name, i) => [name, values.subarray(i * stride, i * stride + trainable)]),
    )
  }

  read(name: string): Promise<Float32Array> {
    return this.#read(this.#parts.held.state, this.#at(name), this.#parts.layout.trainable)
  }

  write(given: Arrays): void {
    const { device, held } = this.#parts
    for (const [name, values] of Object.entries(given) as [string, Float32Array<ArrayBuffer>][]) {
      device.queue.writeBuffer(held.state, 4 * this.#at(name), values)
      if (name === WEIGHTS) device.queue.writeBuffer(held.weights, 0, values)
    }
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return
    const { held } = this.#parts
    // The last snapshots may be read after the run has ended, unless the device is lost.
    for (const number of [this.#moments - 1, this.#moments].filter((n) => n > 0))
      await this.#arraysIn(held.remembered[number % 2]).then(
        (arrays) => this.#last.set(number, arrays),
        () => undefined,
      )
    this.#disposed = true
    for (const buffer of Object.values(held).flat()) buffer.destroy()
  }
}
