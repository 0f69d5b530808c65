// The training step whose WGSL the snapshots show, and how its stages are found.

import { planFor } from "../../../src/backends/webgpu/index.ts"
import type { Stage } from "../../../src/backends/webgpu/program.ts"
import { plainTraining } from "../../../src/models/model.ts"
import { neuralGpu, neuralGpuForms } from "../../../src/models/neural-gpu.ts"
import { plan } from "../../../src/plan/planner.ts"

const { graph, outputs } = neuralGpu(
  { ...neuralGpuForms.diagonal, maps: 12 },
  { kind: "symbols", symbols: 4 },
  plainTraining,
)
const { logits, error, cost, loss } = outputs

/** The step of a diagonal Neural GPU, planned for GPUs. */
export const diagonalStep = planFor(plan(graph, { outputs: { logits, error, cost }, loss }))

export function stageOf(stages: readonly Stage[], loop: Stage["loop"], call: RegExp): Stage {
  const found = stages.find((s) => s.loop === loop && call.test(s.calls[0]))
  if (!found) throw new Error(`no stage ${loop} ${call}: there are ${stages.map((s) => s.calls[0]).join("; ")}`)
  return found
}
