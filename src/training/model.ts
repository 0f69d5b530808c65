// A model in training: its program with the gradient, and a predictor whose weights can be replaced.

import type { Backend, Program } from "../backends/backend.ts"
import { layoutOf } from "../backends/layout.ts"
import { encodingOf } from "../encoding/index.ts"
import type { Trained } from "../inference/member.ts"
import { createPredictor, type Predictor } from "../inference/predictor.ts"
import { namedWeights } from "../inference/weights.ts"
import { type BuildOptions, buildModel, type ModelConfig, type Signature, trainingSteps } from "../models/index.ts"
import { plainTraining } from "../models/model.ts"
import type { Plan } from "../plan/plan.ts"
import { plan } from "../plan/planner.ts"
import { type FoundTask, findTask } from "../tasks/index.ts"
import type { TrainConfig } from "./config-fields.ts"
import { allTechniques, optionsOf } from "./phases.ts"

export interface Model {
  readonly train: Program
  /** Its weights are zeros until they are set. */
  readonly predictor: Predictor
  /** Number of trainable parameters. */
  readonly trainable: number
  dispose(): Promise<void>
}

/**
 * Limit for the scratch memory of one worker, in bytes. Above it, the backward pass saves only carries and
 * recomputes contractions: a third more arithmetic for a quarter of the memory. The limit is below
 * WebAssembly's 4 GiB per worker, and two workers fit into 4 GiB of RAM.
 */
export const STORE_LIMIT_BYTES = 1.5e9

export interface CompileOptions extends Partial<Omit<BuildOptions, "training">> {
  /** Length of the longest training example. It decides between saving and recomputing. */
  readonly longest?: number
}

/** What the techniques of a config need in the model's graph. */
export const graphOf = ({ phases }: TrainConfig): Partial<BuildOptions> =>
  Object.assign(
    {},
    ...phases.flatMap((phase) => allTechniques.map((technique) => technique.graph(optionsOf(phase, technique.name)))),
  )

export function planTraining(
  model: ModelConfig,
  signature: Signature,
  { longest = 0, ...techniques }: CompileOptions = {},
): Plan {
  const { graph, outputs } = buildModel(model, signature, { ...plainTraining, ...techniques })
  const { logits, error, cost, loss } = outputs
  const make = (memory: "store" | "recompute") => plan(graph, { outputs: { logits, error, cost }, loss, memory })
  const storing = make("store")
  const { arenaSize } = layoutOf(storing, longest, trainingSteps(model, signature, longest))
  return 4 * arenaSize <= STORE_LIMIT_BYTES ? storing : make("recompute")
}

/** Compiles a model for training and for evaluation. */
export async function compileModel(
  config: Trained["config"],
  backend: Backend,
  options: CompileOptions = {},
  task: FoundTask = findTask(config.task.name, config.task),
): Promise<Model> {
  const planned = planTraining(config.model, encodingOf(config.task, config.model, task).signature, options)
  const weights = namedWeights(planned, new Float32Array(planned.trainableSize))
  // no limit: a check that does not fit fails with the device's own error
  const predictor = createPredictor([{ path: "the run", config, weights, task }], backend, Number.POSITIVE_INFINITY)
  const [train] = await Promise.all([backend.compile(planned), predictor.ready()])
  return {
    train,
    predictor,
    trainable: train.plan.trainableSize,
    dispose: async () => {
      await Promise.all([train.dispose(), predictor.dispose()])
    },
  }
}
