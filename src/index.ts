// The library: train a model, load a trained one, and ask it.
//
//   import { load, train } from "neural-gpu"
//   for await (const event of train({ task: { name: "add" } })) console.log(event.type, event.step)
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

export { type AttackEvent, type AttackOptions, attack, type Counterexample } from "./attack/search.ts"
export { Tally } from "./attack/tally.ts"
export { modelTarget, type Reply, type Target } from "./attack/target.ts"
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

/** Options of a backend. */
export interface BackendOptions {
  /** Number of threads; all the machine has by default. */
  readonly workers?: number
}

/**
 * Opens a device.
 * @param name a device of `devices`, or "auto" for the fastest one available
 * @returns the backend, and a note if "auto" skipped a faster device
 * @throws UserError if there is no such device, or it is not available here
 * @example const { backend } = await createBackend("wasm", { workers: 2 })
 */
export function createBackend(
  name = "auto",
  { workers = availableParallelism() }: BackendOptions = {},
): Promise<CreatedBackend> {
  return createNamed(name, { workers, env: process.env, ownThread: true })
}

const fastest = async (): Promise<Backend> => (await createBackend()).backend

/**
 * Trains a model and yields events: steps, evaluations and, at the end, "done". Break out of the loop to
 * stop. To resume bit for bit, pass `await event.snapshot()` of a step event as `from`.
 * @param config what differs from the defaults
 * @param backend the fastest device by default
 * @throws UserError if the config is invalid, at the call itself
 * @throws TrainingFailed if numbers stay non-finite after every rollback, while the events are read
 * @example for await (const event of train({ task: { name: "add" } })) console.log(event.type)
 */
export function train(config: PartialConfig, backend?: Backend, from?: Snapshot): AsyncGenerator<TrainEvent> {
  const resolved = resolveConfig(config)
  return (async function* () {
    yield* trainResolved(resolved, backend ?? (await fastest()), from)
  })()
}

/**
 * Loads a trained model. With several paths, the models answer as an ensemble: their probabilities are
 * averaged.
 * @param path a run's folder, a checkpoint file, or the name of a model of this package
 * @throws UserError if there is no such model or it is damaged; the promise is rejected
 * @example (await (await load("add")).predict("1011+110")).answer // "10001"
 */
export async function load(path: string | readonly string[], backend?: Backend): Promise<Predictor> {
  const predictor = openModels([path].flat().map(loadModel), backend ?? (await fastest()))
  await predictor.ready()
  return predictor
}

/**
 * Runs one question and returns what the model computed at every step: its state, its gates, and the answer
 * if it stopped there.
 * @param path a run's folder, a checkpoint file, or the name of a model of this package
 * @throws UserError if there is no such model, or the question is not one of its task
 * @example (await trace("add", "1011+110")).frames.length
 */
export async function trace(path: string, question: string, backend?: Backend): Promise<Trace> {
  const predictor = openModels([loadModel(path)], backend ?? (await fastest()))
  try {
    return await traceQuestion(predictor, question)
  } finally {
    await predictor.dispose()
  }
}
