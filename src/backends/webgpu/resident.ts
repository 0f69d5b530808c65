// State that stays on the device: weights and the arrays of an update never leave it unless they are asked for. A step sends its
// lane blocks and a few numbers, and reads outputs and a few sums. kernel/wgsl-update.ts has the passes.

import { initialValues, setValues } from "../../core/params.ts"
import { brokenCounts, PARTS, renderUpdate, type UpdateLayout, updateLayout } from "../../kernel/wgsl-update.ts"
import type { Plan } from "../../plan/plan.ts"
import { type Update, WEIGHTS } from "../../plan/update.ts"
import type { Block, RunOptions } from "../backend.ts"
import type { Arrays, ArraysThen, Resident, StepNumbers } from "../resident.ts"
import { allocated, type Lost, submitted, unlessLost } from "./guard.ts"
import type { Around, Runner } from "./runner.ts"

/** WGSL has no infinity. */
const MOST = 3.4028234e38

/** Bytes that the update moves in a step beside the blocks' inputs and outputs: numbers and settings up, sums down. */
export const updateBytes = (plan: Plan, update: Update) => ({
  up: 4 * (update.numbers.length + plan.sharedSize - plan.trainableSize) + 16 * Math.max(1, update.keys.length),
  down: 4 * (update.sums.length + brokenCounts.length),
})

/** The compiled passes of an update and how they are bound. */
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
  // passes with one text are one pipeline
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

export async function deviceResident(
  plan: Plan,
  update: Update,
  device: GPUDevice,
  lost: Lost,
  runnerFor: (blocks: readonly Block[]) => Runner,
): Promise<Resident> {
  const layout = updateLayout(update, plan.trainableSize)
  const { trainable, stride, arrays, numbers: numberNames } = layout
  const { groupLayout, passes } = await compilePasses(update, layout, device, lost)
  const { STORAGE, COPY_DST, COPY_SRC, UNIFORM, MAP_READ } = GPUBufferUsage
  const settings = initialValues(plan.shared, 0)
  const told = update.numbers.length
  const reported = numberNames.slice(told)
  const at = (name: string) => arrays.indexOf(name) * stride
  const keptFloats = update.arrays.length * stride
  const make = () => {
    const buffer = (floats: number, usage: number) => device.createBuffer({ size: Math.max(16, 4 * floats), usage })
    return {
      weights: buffer(plan.sharedSize, STORAGE | COPY_DST),
      state: buffer(arrays.length * stride, STORAGE | COPY_DST | COPY_SRC), // the gradient stands first
      remembered: [buffer(keptFloats, COPY_DST | COPY_SRC), buffer(keptFloats, COPY_DST | COPY_SRC)],
      numbers: buffer(numberNames.length, STORAGE | COPY_DST | COPY_SRC),
      sums: buffer(reported.length, COPY_DST | COPY_SRC),
      parts: buffer(PARTS, STORAGE),
      words: buffer(4 * Math.max(1, update.keys.length), UNIFORM | COPY_DST),
    }
  }
  const stateBytes = 4 * (plan.sharedSize + arrays.length * stride + 2 * keptFloats)
  const held = await unlessLost(lost, () => allocated(device, make, stateBytes))
  const { weights, state, remembered, numbers, sums, parts, words } = held
  const group = device.createBindGroup({
    layout: groupLayout,
    entries: [numbers, state, parts, words].map((buffer, binding) => ({ binding, resource: { buffer } })),
  })
  let moments = 0
  let disposed = false
  /** The last two moments, by their numbers, once the device's memory is given back. */
  const last = new Map<number, Arrays>()

  /** Runs the update, and gives the next step its weights. */
  const record = (encoder: GPUCommandEncoder) => {
    const pass = encoder.beginComputePass()
    pass.setBindGroup(0, group)
    for (const { pipeline, workgroups } of passes) {
      pass.setPipeline(pipeline)
      pass.dispatchWorkgroups(workgroups)
    }
    pass.end()
    encoder.copyBufferToBuffer(state, 4 * at(WEIGHTS), weights, 0, 4 * trainable)
    encoder.copyBufferToBuffer(numbers, 4 * told, sums, 0, 4 * reported.length)
  }
  const tell = (given: StepNumbers) => {
    setValues(plan.shared, settings, given.settings)
    if (plan.sharedSize > trainable)
      device.queue.writeBuffer(weights, 4 * trainable, settings as Float32Array<ArrayBuffer>, trainable)
    const values = update.numbers.map((name) => Math.min(MOST, given.numbers[name]))
    if (told > 0) device.queue.writeBuffer(numbers, 0, Float32Array.from(values))
    const keys = update.keys.flatMap((name) => [...given.keys[name], 0, 0])
    if (keys.length > 0) device.queue.writeBuffer(words, 0, Uint32Array.from(keys))
  }
  const download = (from: GPUBuffer, offset: number, floats: number): Promise<Float32Array> =>
    unlessLost(lost, async () => {
      if (disposed) throw new Error("webgpu: this state has been disposed of")
      const make = () => device.createBuffer({ size: Math.max(16, 4 * floats), usage: COPY_DST | MAP_READ })
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
    })
  const arraysIn = async (from: GPUBuffer): Promise<Arrays> => {
    const values = await download(from, 0, keptFloats)
    return Object.fromEntries(
      update.arrays.map((name, i) => [name, values.subarray(i * stride, i * stride + trainable)]),
    )
  }

  return {
    async step(blocks: readonly Block[], options: RunOptions, given: StepNumbers) {
      const around = (): Around => {
        tell(given)
        return { weights, total: state, finish: record, read: { buffer: sums, bytes: 4 * reported.length } }
      }
      const { outputs, more } = await runnerFor(blocks).execute(around, blocks, options)
      const found = Object.fromEntries(reported.map((name, i) => [name, more[i]]))
      const finite = brokenCounts.every((name) => found[name] === 0)
      return { outputs, sums: Object.fromEntries(update.sums.map((name) => [name, found[name]])), finite }
    },
    remember(): ArraysThen {
      const number = ++moments
      const into = remembered[number % 2]
      const encoder = device.createCommandEncoder()
      encoder.copyBufferToBuffer(state, 4 * stride, into, 0, 4 * keptFloats)
      device.queue.submit([encoder.finish()])
      return {
        async read(): Promise<Arrays> {
          if (moments > number + 1) throw new Error("this state is too old: read it before the step after next")
          return last.get(number) ?? arraysIn(into)
        },
      }
    },
    read: (name) => download(state, at(name), trainable),
    write(given) {
      for (const [name, values] of Object.entries(given) as [string, Float32Array<ArrayBuffer>][]) {
        device.queue.writeBuffer(state, 4 * at(name), values)
        if (name === WEIGHTS) device.queue.writeBuffer(weights, 0, values)
      }
    },
    async dispose() {
      if (disposed) return
      // the last states of a run can be asked for when the run has ended; of a lost device there are none
      for (const number of [moments - 1, moments].filter((n) => n > 0))
        await arraysIn(remembered[number % 2]).then(
          (arrays) => last.set(number, arrays),
          () => undefined,
        )
      disposed = true
      for (const buffer of Object.values(held).flat()) buffer.destroy()
    },
  }
}
