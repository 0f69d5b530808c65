// The library: train a model and watch it, load a trained one and ask it.
//
//   import { load, train } from "neural-gpu"
//   for await (const event of train({ task: { name: "add" } })) if (event.type === "evaluation") console.log(event)
//   const model = await load("add")
//   console.log((await model.predict("1011+110")).answer)

import { availableParallelism } from "node:os"
import type { Backend } from "./backends/backend.ts"
import { type CreatedBackend, createBackend as createNamed } from "./backends/index.ts"
import type { Predictor } from "./inference/predictor.ts"
import { type Trace, traceQuestion } from "./inference/trace-question.ts"
import { loadModel } from "./runs/model.ts"
import { openModels } from "./runs/open.ts"
import { type PartialConfig, resolveConfig } from "./training/config.ts"
import type { Snapshot, TrainEvent } from "./training/events.ts"
import { train as trainResolved } from "./training/trainer.ts"

export type { Backend } from "./backends/backend.ts"
export { type CreatedBackend, devices } from "./backends/index.ts"
export { UserError } from "./core/errors.ts"
export { type Encoding, encodingOf } from "./encoding/index.ts"
export type { Answer } from "./inference/answer.ts"
export { type Examples, freshExamples, listedExamples, sharesOf, type Wave } from "./inference/evaluate.ts"
export type { Trained } from "./inference/member.ts"
export {
  createPredictor,
  type EvaluationOptions,
  type EvaluationRow,
  type OnWave,
  type Predictor,
} from "./inference/predictor.ts"
export { allFrames, type Computation, type Frame, type TracedTensor } from "./inference/trace.ts"
export { type Trace, traceQuestion } from "./inference/trace-question.ts"
export { traceVectors, type VectorTrace } from "./inference/trace-vectors.ts"
export { type ModelConfig, modelFamilies as models } from "./models/index.ts"
export { latestCheckpoint, loadCheckpoint, saveCheckpoint } from "./runs/checkpoint.ts"
export { loadModel, modelNames, type TrainedModel } from "./runs/model.ts"
export { createTask, type Example, imageTasks, type Task, taskFamilies as tasks, vectorTasks } from "./tasks/index.ts"
export { defaultConfig, type PartialConfig, resolveConfig, type TrainConfig } from "./training/config.ts"
export * from "./training/events.ts"

/** Threads; all the machine has unless given. */
export interface BackendOptions {
  readonly workers?: number
}

/** A device by its name, or "auto" for the fastest there is: (await createBackend("wasm", { workers: 2 })).backend. The note says why a
 *  faster one was passed over. */
export function createBackend(
  name = "auto",
  { workers = availableParallelism() }: BackendOptions = {},
): Promise<CreatedBackend> {
  return createNamed(name, { workers, env: process.env, ownThread: true })
}

const fastest = async (): Promise<Backend> => (await createBackend()).backend

/**
 * Trains and yields events: steps, evaluations, and "done" at the end. What the config leaves out has a default.
 * Break out of the loop to stop; `await event.snapshot()` of a step, passed as `from`, goes on bit for bit.
 */
export function train(config: PartialConfig, backend?: Backend, from?: Snapshot): AsyncGenerator<TrainEvent> {
  const resolved = resolveConfig(config)
  return (async function* () {
    yield* trainResolved(resolved, backend ?? (await fastest()), from)
  })()
}

/**
 * A trained model, ready to answer. Of several, the mean of their probabilities answers.
 * @param path a run's folder, a checkpoint, or the name of a model of this package; or several
 * @throws UserError when there is none, or it is damaged: the promise is rejected
 * @example (await (await load("add")).predict("1011+110")).answer // "10001"
 */
export async function load(path: string | readonly string[], backend?: Backend): Promise<Predictor> {
  const predictor = openModels([path].flat().map(loadModel), backend ?? (await fastest()))
  await predictor.ready()
  return predictor
}

/** The memory of a trained model over time: every step's state and gates, and the answer if it ended there. */
export async function trace(path: string, question: string, backend?: Backend): Promise<Trace> {
  const predictor = openModels([loadModel(path)], backend ?? (await fastest()))
  try {
    return await traceQuestion(predictor, question)
  } finally {
    await predictor.dispose()
  }
}
