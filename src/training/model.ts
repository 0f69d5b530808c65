// A model compiled twice for a backend: with its gradient for training, and without for answering.

import type { Backend, Program } from "../backends/backend.ts"
import { layoutOf } from "../backends/layout.ts"
import { UserError } from "../core/errors.ts"
import { type BuildOptions, type ModelConfig, modelFamily, type Signature } from "../models/index.ts"
import type { Plan } from "../plan/plan.ts"
import { plan } from "../plan/planner.ts"

export interface Model {
  readonly train: Program
  readonly eval: Program
  /** Numbers that are trained. */
  readonly trainable: number
  /** The same parameters with the settings of evaluation. */
  evalShared(shared: Float32Array): Float32Array
  dispose(): Promise<void>
}

/** Bytes that one worker's scratch may take; above, backward stores the carries only and computes contractions again: a third more
 *  arithmetic for a quarter of the memory. Below WebAssembly's 4 GiB a worker, with room for two workers in 4 GiB of RAM. */
export const STORE_LIMIT_BYTES = 1.5e9

export interface CompileOptions extends Omit<BuildOptions, "training"> {
  /** Symbols of the longest example that will be trained on: decides between storing and computing again. */
  readonly longest?: number
}

const build = ({ name, ...options }: ModelConfig, signature: Signature, how: BuildOptions) =>
  modelFamily(name).build(options, signature, how)

/** Steps that a model's scan may take beyond those that an example's length asks for. */
export const extraSteps = ({ name, ...options }: ModelConfig): number => modelFamily(name).extraSteps?.(options) ?? 0

/** The share of an example's length that a model's scan takes at least in training, where that is a random number. */
export const leastSteps = ({ name, ...options }: ModelConfig): number => modelFamily(name).leastSteps?.(options) ?? 1

/** Steps that a model's scan takes for an example of `length` places, at most. */
export const scanSteps = (model: ModelConfig, signature: Signature, length: number): number =>
  modelFamily(model.name).steps(signature, length) + extraSteps(model)

export function planTraining(
  model: ModelConfig,
  signature: Signature,
  { longest = 0, ...techniques }: CompileOptions = {},
): Plan {
  const { graph, outputs } = build(model, signature, { training: true, ...techniques })
  const { logits, error, cost, loss } = outputs
  const make = (memory: "store" | "recompute") => plan(graph, { outputs: { logits, error, cost }, loss, memory })
  const storing = make("store")
  const { arenaSize } = layoutOf(storing, longest, scanSteps(model, signature, longest))
  return 4 * arenaSize <= STORE_LIMIT_BYTES ? storing : make("recompute")
}

export function planEvaluation(model: ModelConfig, signature: Signature): Plan {
  const { graph, outputs } = build(model, signature, { training: false })
  return plan(graph, { outputs: { logits: outputs.logits } })
}

/** Weights by parameter name, as a model's file has them. */
export type Weights = ReadonlyMap<string, { readonly data: ArrayLike<number | bigint> }>

/** A plan's array of shared tensors with these weights in it, and its settings as they begin; `from` names the weights in an error. */
export function sharedOf({ shared, sharedSize }: Plan, weights: Weights, from: string): Float32Array {
  const out = new Float32Array(sharedSize)
  for (const { name, offset, size, trainable, init } of shared) {
    const data = weights.get(name)?.data
    if (trainable && !(data instanceof Float32Array && data.length === size))
      throw new UserError(`${from} does not hold the weights ${name} that its config asks for; it is damaged`)
    if (trainable) out.set(data as Float32Array, offset)
    else if ("constant" in init) out.fill(init.constant, offset, offset + size)
  }
  return out
}

export async function compileModel(
  config: ModelConfig,
  signature: Signature,
  backend: Backend,
  compile: CompileOptions = {},
): Promise<Model> {
  const [train, evaluation] = await Promise.all([
    backend.compile(planTraining(config, signature, compile)),
    backend.compile(planEvaluation(config, signature)),
  ])
  const { trainableSize } = train.plan
  const own = new Float32Array(evaluation.plan.sharedSize)
  for (const t of evaluation.plan.shared)
    if ("constant" in t.init) own.fill(t.init.constant, t.offset, t.offset + t.size)
  return {
    train,
    eval: evaluation,
    trainable: trainableSize,
    evalShared(values) {
      own.set(values.subarray(0, trainableSize))
      return own
    },
    dispose: async () => {
      await Promise.all([train.dispose(), evaluation.dispose()])
    },
  }
}
