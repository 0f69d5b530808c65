// The library: train a model, load a trained one, and ask it.
//
//   import { load, train } from "neural-gpu"
//   for await (const event of train({ task: { name: "add" } })) console.log(event.type, event.step)
//   const model = await load("add")
//   console.log((await model.predict("1011+110")).answer)

import { availableParallelism } from "node:os"
import { overRecipe } from "../recipes/index.ts"
import type { Backend } from "./backends/backend.ts"
import { type CreatedBackend, createBackend as createNamed } from "./backends/index.ts"
import type { Trained } from "./inference/member.ts"
import type { Predictor } from "./inference/predictor.ts"
import { type Trace, traceQuestion } from "./inference/trace-question.ts"
import { loadModel } from "./runs/model.ts"
import { openModels } from "./runs/open.ts"
import type { TrainEvent } from "./training/events.ts"
import {
  type FitOptions,
  type Fitted,
  fitPrepared,
  type GivenConfig,
  prepare,
  requireOptions,
  type TrainOptions,
  trainUntilAborted,
} from "./training/fit.ts"

export { type Recipe, recipes } from "../recipes/index.ts"
export type { Backend } from "./backends/backend.ts"
export { type CreatedBackend, devices } from "./backends/index.ts"
export { UserError } from "./core/errors.ts"
export type { Random } from "./core/rng.ts"
export { type Encoding, encodingOf } from "./encoding/index.ts"
export type { Answer } from "./inference/answer.ts"
export { type Examples, freshExamples, listedExamples, sharesOf, type Wave } from "./inference/evaluate.ts"
export type { Trained } from "./inference/member.ts"
export { type AskedPair, answerPairs, byLength, type LengthRow, type PairResult } from "./inference/pairs.ts"
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
export { loadModel, modelNames, type SavedModel, saveModel, type TrainedModel } from "./runs/model.ts"
export {
  createTask,
  defineTask,
  type Example,
  fromPairs,
  imageTasks,
  type OwnTask,
  type Pair,
  type PairsOptions,
  type Suggested,
  type Task,
  type TaskDefinition,
  type Tokens,
  taskFamilies as tasks,
  type Vocabulary,
  vectorTasks,
} from "./tasks/index.ts"
export { defaultConfig, type PartialConfig, resolveConfig, type TrainConfig } from "./training/config.ts"
export * from "./training/events.ts"
export type { FitOptions, Fitted, GivenConfig, TrainOptions } from "./training/fit.ts"

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
 * @param config what differs from the defaults. A named task begins with its recipe (`recipes`), as on the
 * command line. `task` is also the result of `fromPairs` or `defineTask`.
 * @throws UserError if the config or an option is invalid, at the call itself
 * @throws TrainingFailed if numbers stay non-finite after every rollback, while the events are read
 * @example for await (const event of train({ task: { name: "add" } })) console.log(event.type)
 */
export function train(config: GivenConfig, options: TrainOptions = {}): AsyncGenerator<TrainEvent> {
  requireOptions(options, ["backend", "from", "signal"])
  const prepared = prepare(config, overRecipe)
  return (async function* () {
    yield* trainUntilAborted(prepared, options.backend ?? (await fastest()), options)
  })()
}

/**
 * Trains a model to the end: until its goal is met, or `steps` are done.
 * @param config as for `train`
 * @returns the trained model, for `createPredictor`, `predictorOf` and `saveModel`
 * @throws UserError, TrainingFailed as `train` does; the promise is rejected
 * @example
 * const model = await fit({ task: fromPairs(pairs) }, { onEvent: (event) => console.log(event.type) })
 * saveModel("models/mine", model)
 */
export async function fit(config: GivenConfig, options: FitOptions = {}): Promise<Fitted> {
  requireOptions(options, ["backend", "from", "signal", "onEvent"])
  return fitPrepared(prepare(config, overRecipe), options.backend ?? (await fastest()), options)
}

/** Options of `load`, `predictorOf` and `trace`. */
export interface LoadOptions {
  /** The device; the fastest one by default. */
  readonly backend?: Backend | undefined
}

/**
 * Loads a trained model. With several paths, the models answer as an ensemble: their probabilities are
 * averaged.
 * @param path a run's folder, a saved model's folder, a checkpoint file, or the name of a model of this package
 * @throws UserError if there is no such model or it is damaged; the promise is rejected
 * @example (await (await load("add")).predict("1011+110")).answer // "10001"
 */
export async function load(path: string | readonly string[], options: LoadOptions = {}): Promise<Predictor> {
  return predictorOf([path].flat().map(loadModel), options)
}

/**
 * Opens models in memory, such as the result of `fit`; several are an ensemble.
 * @example (await predictorOf(await fit({ task }))).predict("abc")
 */
export async function predictorOf(models: Trained | readonly Trained[], options: LoadOptions = {}): Promise<Predictor> {
  requireOptions(options, ["backend"])
  const predictor = openModels([models].flat(), options.backend ?? (await fastest()))
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
export async function trace(path: string, question: string, options: LoadOptions = {}): Promise<Trace> {
  const predictor = await load(path, options)
  try {
    return await traceQuestion(predictor, question)
  } finally {
    await predictor.dispose()
  }
}
