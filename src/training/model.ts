// A model compiled twice for a backend: with its gradient for training, and without for answering.

import type { Backend, Program } from "../backends/backend.ts"
import { layoutOf } from "../backends/layout.ts"
import { type Plan, plan } from "../core/plan.ts"
import { type NeuralGpuOptions, neuralGpu, type Techniques } from "../models/neural-gpu.ts"

export interface Model {
  readonly train: Program
  readonly eval: Program
  /** Numbers that are trained. */
  readonly trainable: number
  /** Writes settings into an array of shared tensors; those that the model does not have are left out. */
  set(shared: Float32Array, settings: Readonly<Record<string, number>>): void
  /** The same parameters with the settings of evaluation. */
  evalShared(shared: Float32Array): Float32Array
  dispose(): Promise<void>
}

/** Bytes that one worker's scratch may take; above, backward stores the carries only and computes contractions again: a third more
 *  arithmetic for a quarter of the memory. Below WebAssembly's 4 GiB a worker, with room for two workers in 4 GiB of RAM. */
export const STORE_LIMIT_BYTES = 1.5e9

export interface CompileOptions {
  readonly techniques?: Techniques
  /** Symbols of the longest example that will be trained on: decides between storing and computing again. */
  readonly longest?: number
}

export function planTraining(
  options: NeuralGpuOptions,
  V: number,
  { techniques = {}, longest = 0 }: CompileOptions = {},
): Plan {
  const { graph, outputs } = neuralGpu(options, V, true, techniques)
  const { logits, error, cost, loss } = outputs
  const make = (memory: "store" | "recompute") => plan(graph, { outputs: { logits, error, cost }, loss, memory })
  const storing = make("store")
  return 4 * layoutOf(storing, longest, longest).arenaSize <= STORE_LIMIT_BYTES ? storing : make("recompute")
}

export function planEvaluation(options: NeuralGpuOptions, V: number): Plan {
  const { graph, outputs } = neuralGpu(options, V, false)
  return plan(graph, { outputs: { logits: outputs.logits } })
}

export async function compileModel(
  options: NeuralGpuOptions,
  V: number,
  backend: Backend,
  compile: CompileOptions = {},
): Promise<Model> {
  const [train, evaluation] = await Promise.all([
    backend.compile(planTraining(options, V, compile)),
    backend.compile(planEvaluation(options, V)),
  ])
  const { shared, trainableSize } = train.plan
  const offsets = new Map(shared.map((t) => [t.name, t.offset]))
  const own = new Float32Array(evaluation.plan.sharedSize)
  for (const t of evaluation.plan.shared)
    if ("constant" in t.init) own.fill(t.init.constant, t.offset, t.offset + t.size)
  return {
    train,
    eval: evaluation,
    trainable: trainableSize,
    set(values, settings) {
      for (const [name, value] of Object.entries(settings)) {
        const offset = offsets.get(name)
        if (offset !== undefined) values[offset] = value
      }
    },
    evalShared(values) {
      own.set(values.subarray(0, trainableSize))
      return own
    },
    dispose: async () => {
      await Promise.all([train.dispose(), evaluation.dispose()])
    },
  }
}
