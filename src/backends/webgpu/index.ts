// The WebGPU backend: a plan as a few pipelines (program.ts), with one command buffer per step. The adapter
// is opened with the first plan; without one, `compile` throws.

import type { Plan } from "../../plan/plan.ts"
import { plan as replan } from "../../plan/planner.ts"
import type { Backend, Block, Program } from "../backend.ts"
import { type AdapterInfo, describeAdapter, openAdapter, openDevice } from "./adapter.ts"
import type { Lost } from "./guard.ts"
import { deviceResident } from "./resident.ts"
import { Runner } from "./runner.ts"
import { type Settings, settingsFor, type WebgpuOptions } from "./settings.ts"
import { bytesOfLargest } from "./waves.ts"

/** The device's name on the command line. */
export const deviceName = (half: boolean): string => (half ? "webgpu-half" : "webgpu")

export interface WebgpuBackend extends Backend {
  /** The adapter; opened on first use. */
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
    mostBytes: Number.POSITIVE_INFINITY,
    adapter: async () => (await openAdapter(half)).info,
    async compile(plan: Plan): Promise<Program> {
      // A lost device never recovers, so the next program opens a new one.
      if (opening && (await opening).lost()) opening = undefined
      const { device, info, lost } = await open()
      const settings = settingsFor(info, device, options)
      return eitherOf(plan, device, lost, settings)
    },
  }
}

/**
 * The same computation, planned for a GPU: filter gradients become one large product after the backward scan,
 * unless memory is scarce.
 */
export const planFor = (plan: Plan): Plan =>
  plan.gradient && plan.options.memory !== "recompute"
    ? replan(plan.graph, { ...plan.options, acrossSteps: true })
    : plan

/** Runs the GPU plan, or the given one if blocks are too long for what the GPU plan saves. */
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
    resident: (update) => deviceResident(given, update, device, lost, runnerFor),
    async dispose() {
      await Promise.all([...runners.values()].map((r) => r.dispose()))
    },
  }
}
