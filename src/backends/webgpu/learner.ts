// Learning on the device: weights, the optimiser's arrays and their average never leave it unless they are asked for. A step sends its lane blocks and
// a few numbers, and reads outputs and a few sums. kernel/wgsl-learning.ts has the pipelines; training/learner.ts says what they mean.

import { LANES } from "../../core/lanes.ts"
import { initialValues, setValues } from "../../core/params.ts"
import {
  type LearningStep,
  readSums,
  renderLearning,
  type StateLayout,
  SUMS_FLOATS,
  stepNumbers,
} from "../../kernel/wgsl-learning.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Block, RunOptions } from "../backend.ts"
import {
  type Arrays,
  arraysOf,
  inputsOf,
  type Kept,
  type Learner,
  type LearningRule,
  type StepNumbers,
} from "../learner.ts"
import { allocated, type Lost, submitted, unlessLost } from "./guard.ts"
import type { Around, Runner } from "./runner.ts"

/** WGSL has no infinity. */
const MOST = 3.4028234e38

export function stateLayout(plan: Plan, rule: LearningRule): StateLayout {
  const trainable = plan.trainableSize
  return { trainable, stride: LANES * Math.max(1, Math.ceil(trainable / LANES)), arrays: arraysOf(rule) }
}

export const learningPlan = (plan: Plan, rule: LearningRule) => ({
  layout: stateLayout(plan, rule),
  update: rule.update,
  inputs: inputsOf(rule),
  copies: rule.copies,
})

/** Bytes that learning moves in a step beside the blocks' inputs and outputs: numbers and settings up, sums down. */
export const learningBytes = (plan: Plan, rule: LearningRule) => ({
  up: 4 * (stepNumbers.length + rule.numbers.length + 1 + plan.sharedSize - plan.trainableSize) + 16,
  down: 4 * SUMS_FLOATS,
})

export async function deviceLearner(
  plan: Plan,
  rule: LearningRule,
  device: GPUDevice,
  lost: Lost,
  runnerFor: (blocks: readonly Block[]) => Runner,
): Promise<Learner> {
  const layout = stateLayout(plan, rule)
  const { trainable, stride, arrays } = layout
  const code = [...renderLearning(learningPlan(plan, rule))]
  const entry = (binding: number, type: GPUBufferBindingType) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  })
  const groupLayout = device.createBindGroupLayout({
    entries: [entry(0, "storage"), entry(1, "storage"), entry(2, "storage"), entry(3, "uniform")],
  })
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [groupLayout] })
  const pipelines = await unlessLost(
    lost,
    async () =>
      new Map(
        await Promise.all(
          code.map(async ([step, { code, workgroups }]) => {
            const module = device.createShaderModule({ code, label: `learning: ${step}` })
            const compute = { module, entryPoint: "main" }
            const pipeline = await device.createComputePipelineAsync({ layout: pipelineLayout, compute })
            return [step, { pipeline, workgroups }] as const
          }),
        ),
      ),
  )
  const { STORAGE, COPY_DST, COPY_SRC, UNIFORM, MAP_READ } = GPUBufferUsage
  const settings = initialValues(plan.shared, 0)
  const arrayFloats = arrays.length * stride
  const make = () => {
    const buffer = (floats: number, usage: number) => device.createBuffer({ size: Math.max(16, 4 * floats), usage })
    return {
      weights: buffer(plan.sharedSize, STORAGE | COPY_DST),
      state: buffer(stride + arrayFloats, STORAGE | COPY_DST | COPY_SRC), // the gradient stands first
      kept: [buffer(arrayFloats, COPY_DST | COPY_SRC), buffer(arrayFloats, COPY_DST | COPY_SRC)],
      numbers: buffer(stepNumbers.length + rule.numbers.length + 1, STORAGE | COPY_DST),
      sums: buffer(SUMS_FLOATS, STORAGE | COPY_SRC),
      words: buffer(4, UNIFORM | COPY_DST),
    }
  }
  const stateBytes = 4 * (plan.sharedSize + stride + 3 * arrayFloats)
  const held = await unlessLost(lost, () => allocated(device, make, stateBytes))
  const { weights, state, kept, numbers, sums, words } = held
  const group = device.createBindGroup({
    layout: groupLayout,
    entries: [numbers, state, sums, words].map((buffer, binding) => ({ binding, resource: { buffer } })),
  })
  let keeps = 0
  let disposed = false
  /** The last two that were kept, by their numbers, once the device's memory is given back. */
  const last = new Map<number, Arrays>()

  /** Runs some steps of learning, and gives the next step its weights. */
  const record = (encoder: GPUCommandEncoder, steps: readonly LearningStep[]) => {
    const pass = encoder.beginComputePass()
    pass.setBindGroup(0, group)
    for (const step of steps) {
      const found = pipelines.get(step)
      if (!found) continue // no tensor has copies
      pass.setPipeline(found.pipeline)
      pass.dispatchWorkgroups(found.workgroups)
    }
    pass.end()
    encoder.copyBufferToBuffer(state, 4 * stride, weights, 0, 4 * trainable)
  }
  const tell = ({ settings: own, ...given }: StepNumbers) => {
    setValues(plan.shared, settings, own)
    if (plan.sharedSize > trainable)
      device.queue.writeBuffer(weights, 4 * trainable, settings as Float32Array<ArrayBuffer>, trainable)
    const finite = (x: number) => Math.min(MOST, x)
    const step = { ...given, limit: finite(given.clipElements), scale: 1, clip: finite(given.clip) }
    const all = [...stepNumbers.map((name) => step[name]), ...rule.numbers.map((n) => given.numbers[n]), given.decay]
    device.queue.writeBuffer(numbers, 0, Float32Array.from(all))
    device.queue.writeBuffer(words, 0, Uint32Array.of(...given.keys, 0, 0))
  }
  const download = (from: GPUBuffer, offset: number, floats: number): Promise<Float32Array> =>
    unlessLost(lost, async () => {
      if (disposed) throw new Error("webgpu: this learner has been disposed of")
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

  const arraysOfKept = async (from: GPUBuffer): Promise<Arrays> => {
    const values = await download(from, 0, arrayFloats)
    return Object.fromEntries(arrays.map((name, i) => [name, values.subarray(i * stride, i * stride + trainable)]))
  }

  return {
    async step(blocks: readonly Block[], options: RunOptions, given: StepNumbers) {
      const copies = given.averaged ? (["fold"] as const) : (["pull"] as const)
      const after = given.averaged ? (["spread"] as const) : []
      const around = (): Around => {
        tell(given)
        return {
          weights,
          total: state,
          finish: (encoder) =>
            record(encoder, [...copies, "squares", "scale", "gradient", ...after, "update", "finite"]),
          read: { buffer: sums, bytes: 4 * SUMS_FLOATS },
        }
      }
      const { outputs, more } = await runnerFor(blocks).execute(around, blocks, options)
      const { norm, distance, broken } = readSums(more)
      return {
        outputs,
        norm,
        distance: rule.copies.length === 0 || given.averaged ? 0 : distance,
        finite: broken === 0,
      }
    },
    keep(): Kept {
      const number = ++keeps
      const into = kept[number % 2]
      const encoder = device.createCommandEncoder()
      encoder.copyBufferToBuffer(state, 4 * stride, into, 0, 4 * arrayFloats)
      device.queue.submit([encoder.finish()])
      return {
        async read(): Promise<Arrays> {
          if (keeps > number + 1)
            throw new Error("this state was kept too long ago: read it before the step after next")
          return last.get(number) ?? arraysOfKept(into)
        },
      }
    },
    read: (name) => download(state, (1 + arrays.indexOf(name)) * stride, trainable),
    write(given) {
      for (const [name, values] of Object.entries(given) as [string, Float32Array<ArrayBuffer>][]) {
        device.queue.writeBuffer(state, 4 * (1 + arrays.indexOf(name)) * stride, values)
        if (name === "weights") device.queue.writeBuffer(weights, 0, values)
      }
    },
    averageCopies() {
      const encoder = device.createCommandEncoder()
      record(encoder, ["average"])
      device.queue.submit([encoder.finish()])
    },
    async dispose() {
      if (disposed) return
      // the last states of a run can be asked for when the run has ended; of a lost device there are none
      for (const number of [keeps - 1, keeps].filter((n) => n > 0))
        await arraysOfKept(kept[number % 2]).then(
          (arrays) => last.set(number, arrays),
          () => undefined,
        )
      disposed = true
      for (const buffer of Object.values(held).flat()) buffer.destroy()
    },
  }
}
