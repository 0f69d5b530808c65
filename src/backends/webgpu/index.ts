// The WebGPU backend: a plan as a few pipelines (program.ts), all of a step recorded into one command buffer. The adapter is
// opened with the first plan; where there is none, compiling says so in a sentence.

import { UserError } from "../../core/errors.ts"
import type { Matrices } from "../../kernel/wgsl-matrix.ts"
import type { Plan } from "../../plan/plan.ts"
import { plan as replan } from "../../plan/planner.ts"
import type { Backend, Block, Program } from "../backend.ts"
import { type AdapterInfo, openAdapter, openDevice } from "./adapter.ts"
import type { Lost } from "./guard.ts"
import { deviceLearner } from "./learner.ts"
import type { WgslOptions } from "./program.ts"
import { Runner } from "./runner.ts"
import type { Tuned } from "./tune.ts"
import { bytesOfLargest } from "./waves.ts"

/** What the command line calls it. */
export const deviceName = (half: boolean): string => (half ? "webgpu-half" : "webgpu")

export type WebgpuMode = WgslOptions["mode"]
export interface WebgpuOptions {
  /** See program.ts. Default: deep. */
  readonly mode?: WebgpuMode
  /** Invocations of a workgroup, and the lanes of a block that it carries; default: chosen for the adapter and the number of blocks. */
  readonly size?: number
  readonly lanes?: number
  readonly registers?: number
  /** Most nominal operations of one dispatch; default: chosen for the adapter. */
  readonly operations?: number
  /** What a scan keeps of every step, for the way back, is stored in 16 bits; sums are f32 as ever. Default: no. */
  readonly half?: boolean
  /** Sums are taken within subgroups where that is possible. Default: no. */
  readonly subgroups?: boolean
  /** With `half`: convolutions of scans and their filter gradients by subgroup matrices of f16, an experimental feature of Dawn. Default: no. */
  readonly matrices?: boolean
  /** Settings that were tuned for an adapter, by its key; what is given here goes first. */
  readonly tuned?: (key: string) => Tuned | undefined
  /** Most bytes of the device's memory that a program takes; default: its largest buffer. */
  readonly bytes?: number
}

export interface WebgpuBackend extends Backend {
  /** The adapter, opened if it was not yet. */
  adapter(): Promise<AdapterInfo>
}

export function webgpu(options: WebgpuOptions = {}): WebgpuBackend {
  const half = options.half ?? false
  let description = "WebGPU: the browser's, or in Node the package webgpu"
  let opening: Promise<{ device: GPUDevice; info: AdapterInfo; lost: () => string | undefined }> | undefined
  const open = () => {
    opening ??= (async () => {
      const opened = await openAdapter(half)
      const device = await openDevice(opened)
      description = describeAdapter(opened.info)
      let lost: string | undefined
      device.lost.then((info) => {
        lost = info.message.split("\n")[0] || info.reason
      })
      return { device, info: opened.info, lost: () => lost }
    })()
    opening.catch(() => (opening = undefined))
    return opening
  }
  return {
    name: deviceName(half),
    get description() {
      return description
    },
    workers: 1,
    adapter: async () => (await openAdapter(half)).info,
    async compile(plan: Plan): Promise<Program> {
      if (opening && (await opening).lost()) opening = undefined // a lost device does not come back: the next program gets a new one
      const { device, info, lost } = await open()
      const settings = settingsFor(info, device, options)
      return eitherOf(plan, device, lost, settings)
    },
  }
}

/** The same computation as a GPU does it best: filter gradients as one large product after the backward scan, unless memory is scarce. */
export const planFor = (plan: Plan): Plan =>
  plan.gradient && plan.options.memory !== "recompute"
    ? replan(plan.graph, { ...plan.options, acrossSteps: true })
    : plan

/** Runs the plan for GPUs, and the one that was given where blocks are too long for what the former keeps. */
function eitherOf(given: Plan, device: GPUDevice, lost: Lost, settings: Settings): Program {
  const better = planFor(given)
  const runners = new Map<Plan, Runner>()
  const runnerFor = (blocks: readonly Block[]) => {
    const plan = bytesOfLargest(better, blocks, settings.halves) <= settings.bytes ? better : given
    const runner = runners.get(plan) ?? new Runner(plan, device, lost, settings)
    runners.set(plan, runner)
    return runner
  }
  return {
    plan: given,
    get peakBytes() {
      return [...runners.values()].reduce((sum, r) => sum + r.peakBytes, 0)
    },
    run: (shared, blocks, options) => runnerFor(blocks).run(shared, blocks, options),
    learner: (rule) => deviceLearner(given, rule, device, lost, runnerFor),
    async dispose() {
      await Promise.all([...runners.values()].map((r) => r.dispose()))
    },
  }
}

export const describeAdapter = ({ name, software }: AdapterInfo): string =>
  software ? `${name}: a software adapter, right but slow; not for comparing speeds` : name

export const noHalf = ({ name }: AdapterInfo): string =>
  `webgpu-half: ${name} has no 16-bit floats in shaders (shader-f16); use --device webgpu`

export interface Settings {
  readonly mode: WebgpuMode
  readonly size: number
  readonly lanes: number | undefined
  readonly registers: number
  readonly operations: number
  readonly halves: boolean
  readonly subgroup: number
  readonly matrices: Matrices | undefined
  readonly bytes: number
}

/** Where WebGPU's indices into memory, i32 floats, end. */
export const MOST_BYTES = 2 ** 31 - 4

/**
 * Defaults. A dispatch must end before the system believes that the GPU hangs (2 s in Windows): 5e10 operations are 0.1 s on a small GPU.
 * A software adapter runs invocations one after the other: few of them, and small kernels, whose compilation is what takes time.
 */
function settingsFor(info: AdapterInfo, device: GPUDevice, given: WebgpuOptions): Settings {
  const halves = given.half ?? false
  const options = { ...given.tuned?.(info.key), ...given }
  const { limits } = device
  if (halves && !info.half) throw new UserError(noHalf(info))
  if (options.subgroups && info.subgroup < 2)
    throw new UserError(`webgpu: ${info.name} has no subgroups in shaders; leave them out`)
  if (options.matrices && !(halves && info.matrices))
    throw new UserError(
      `webgpu: matrices want half and an adapter that multiplies matrices of f16 with sums in f32; ${info.name} ${info.matrices ? "does, half is not set" : "does not"}`,
    )
  const size = options.size ?? (info.software ? 64 : 256)
  if (size > limits.maxComputeInvocationsPerWorkgroup)
    throw new UserError(
      `webgpu: got workgroups of ${size} invocations, ${info.name} has at most ${limits.maxComputeInvocationsPerWorkgroup}`,
    )
  return {
    mode: options.mode ?? "deep",
    size,
    lanes: options.lanes ?? (info.software ? 16 : undefined),
    registers: options.registers ?? (info.software ? 8 : 32),
    operations: options.operations ?? (info.software ? 5e8 : 5e10),
    halves,
    subgroup: options.subgroups ? info.subgroup : 1,
    matrices: options.matrices ? info.matrices : undefined,
    bytes: Math.min(options.bytes ?? MOST_BYTES, limits.maxStorageBufferBindingSize, limits.maxBufferSize, MOST_BYTES),
  }
}
