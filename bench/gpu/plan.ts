// What a training step demands from a GPU: launches, operations, and bytes that kernels read and write. It is
// counted from the plan, without a GPU.

import { planFor } from "../../src/backends/webgpu/index.ts"
import { renderWgsl } from "../../src/backends/webgpu/program.ts"
import { updateBytes } from "../../src/backends/webgpu/resident.ts"
import { dispatchesOf } from "../../src/backends/webgpu/schedule.ts"
import { MOST_BYTES } from "../../src/backends/webgpu/settings.ts"
import { wavesOf } from "../../src/backends/webgpu/waves.ts"
import { LANES } from "../../src/core/lanes.ts"
import { sizeAt } from "../../src/core/shape.ts"
import { type Buffer, type Instruction, type Place, type Plan, regionOf } from "../../src/plan/plan.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { updateOf } from "../../src/training/update.ts"
import { blocksOf, gigaflop, type Job, planOf } from "./jobs.ts"

export interface Counts {
  readonly launchesDeep: number
  readonly launchesWide: number
  /**
   * Tensors that calls read and write, each counted once per call: the least that must pass through the
   * caches.
   */
  readonly trafficBytes: number
  /** Bytes in the device's memory at once. */
  readonly memoryBytes: number
  /** The same on webgpu-half. */
  readonly trafficBytesHalf: number
  readonly memoryBytesHalf: number
  /** To the device and back per training step; weights stay there. */
  readonly upBytes: number
  readonly downBytes: number
  /** The same if weights were sent and gradients read back at every step. */
  readonly upBytesWithWeights: number
  readonly downBytesWithGradient: number
  readonly gigaflop: number
}

export function count(job: Job, lanes: number): Counts {
  const plan = planFor(planOf(job))
  const blocks = blocksOf(job)
  const waves = wavesOf(plan, blocks, MOST_BYTES)
  const launches = (mode: "deep" | "wide") => {
    const given = { mode, size: 256, lanes: mode === "wide" ? LANES : lanes, registers: 32, operations: 5e10 } as const
    const stages = renderWgsl(plan, given)
    const perWave = waves.map(
      (wave) =>
        dispatchesOf(
          plan,
          stages,
          wave.placed.map(({ block }) => ({ L: blocks[block].length, T: blocks[block].steps })),
          given,
        ).dispatches.length + 1, // and the sum of the gradient
    )
    return perWave.reduce((a, b) => a + b, 0)
  }
  const memoryOf = (half: boolean) =>
    Math.max(...wavesOf(plan, blocks, MOST_BYTES, half).map((w) => 4 * w.floats + 2 * w.halves))
  const trafficOf = (half: boolean) =>
    blocks.reduce((sum, b) => sum + traffic(plan, plan.instructions, b.length, b.steps, half), 0)
  const io = (buffers: readonly Buffer[]) =>
    blocks.reduce((sum, b) => sum + buffers.reduce((all, t) => all + 4 * sizeAt(t.shape, b.length) * LANES, 0), 0)
  const training = planOf(job, "answers")
  const [inputs, outputs] = [io(training.inputs), io(training.outputs)]
  const update = updateBytes(training, updateOf(resolveConfig({ optimizer: { name: "adam" } }), []))
  return {
    launchesDeep: launches("deep"),
    launchesWide: launches("wide"),
    trafficBytes: trafficOf(false),
    memoryBytes: memoryOf(false),
    trafficBytesHalf: trafficOf(true),
    memoryBytesHalf: memoryOf(true),
    upBytes: update.up + inputs,
    downBytes: update.down + outputs,
    upBytesWithWeights: 4 * plan.sharedSize + inputs,
    downBytesWithGradient: 4 * plan.trainableSize + outputs,
    gigaflop: gigaflop(job),
  }
}

function traffic(
  plan: Plan,
  instructions: readonly Instruction[],
  length: number,
  steps: number,
  half: boolean,
): number {
  return instructions.reduce((sum, instruction) => {
    if (instruction.k === "loop") return sum + steps * traffic(plan, instruction.body, length, steps, half)
    // operands that hold every step are read whole by calls outside the scan
    const stacked = instruction.kernel.key.startsWith('["filterGradient"') && instruction.kernel.key.endsWith("true]")
    const times = (p: Place) => (stacked && p.buffer.name !== "accumulators" ? steps : 1)
    return sum + instruction.places.reduce((all, p) => all + times(p) * bytesOf(plan, p, length, half), 0)
  }, 0)
}

/**
 * Accumulators hold many tensors in one buffer, of which only the addressed one counts. Parameters are few
 * and stay in the caches.
 */
function bytesOf(plan: Plan, { buffer, element }: Place, length: number, half: boolean): number {
  if (buffer.region === "shared") return 0
  const tensor =
    buffer.name === "accumulators" ? plan.shared.find((t) => t.offset === element && t.trainable) : undefined
  const elements = tensor ? 2 * tensor.size : sizeAt(buffer.shape, length) // added to: read and written
  return (regionOf(buffer, half) === "halves" ? 2 : 4) * elements * (buffer.lane ? LANES : 1)
}
