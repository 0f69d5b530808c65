// `train --dry-run`: what a run would train, how large the model is, and how fast this machine trains it.

import type { Backend } from "../backends/backend.ts"
import type { FoundTask } from "../tasks/index.ts"
import type { TrainConfig } from "../training/config.ts"
import { measure } from "./bench.ts"
import { grouped, table } from "./output.ts"

export interface DryRun {
  readonly task: string
  readonly model: string
  readonly parameters: number
  readonly device: string
  readonly workers: number
  /** Of examples of all trained sizes. */
  readonly memoryBytes: number
  readonly sizes: TrainConfig["sizes"]
  readonly goalSize: number
  /** Examples of a step once all sizes have joined. */
  readonly examples: number
  readonly stepsPerSecond: number
}

/** Measures some steps with all sizes. Nothing is written. */
export async function dryRunOf(config: TrainConfig, backend: Backend, task?: FoundTask): Promise<DryRun> {
  const { sizes, batchSize, curriculum, goal } = config
  const { parameters, peakBytes, stepsPerSecond } = await measure(backend, config, task)
  return {
    task: config.task.name,
    model: config.model.name,
    parameters,
    device: backend.name,
    workers: backend.workers,
    memoryBytes: peakBytes,
    sizes,
    goalSize: goal.size,
    examples: batchSize * (curriculum.form === "groups" ? sizes.length : 1),
    stepsPerSecond,
  }
}

export const dryRunLines = (row: DryRun): string[] =>
  table([
    ["task", row.task],
    ["model", `${row.model}, ${grouped(row.parameters)} parameters`],
    ["trained sizes", row.sizes.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(", ")],
    ["goal size", String(row.goalSize)],
    ["examples", `${row.examples} a step`],
    ["memory", `${(row.memoryBytes / 1e6).toFixed(0)} MB`],
    ["speed", `${row.stepsPerSecond.toFixed(1)} steps/s with all sizes on ${row.device}, ${row.workers} threads`],
  ])
