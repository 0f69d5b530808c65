// The library: what Node, Bun, Deno and browsers share. src/index.ts adds what needs a disk.

import { overUsual } from "../recipes/index.ts"
import type { Backend } from "./backends/backend.ts"
import { createBackend } from "./backends/open.ts"
import type { Trained } from "./inference/member.ts"
import { createPredictor, type Predictor } from "./inference/predictor.ts"
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
export { type AttackEvent, type AttackOptions, attack, type Counterexample } from "./attack/search.ts"
export { Tally } from "./attack/tally.ts"
export { modelTarget, type Reply, type Target } from "./attack/target.ts"
export type { Backend } from "./backends/backend.ts"
export { type CreatedBackend, devices } from "./backends/index.ts"
export { type BackendOptions, createBackend } from "./backends/open.ts"
export { UserError } from "./core/errors.ts"
export type { Random } from "./core/rng.ts"
export type { Answer } from "./inference/answer.ts"
export type { Wave } from "./inference/evaluate.ts"
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
export {
  type DefinedModel,
  defineModel,
  type ModelConfig,
  type ModelDefinition,
  modelFamilies as models,
  useModel,
} from "./models/index.ts"
export type { Cell } from "./models/over-time.ts"
export { readModel, trainedModel } from "./runs/weights-file.ts"
export { choice, type Field, type Fields, number, share, whole, yesNo } from "./schema/index.ts"
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
  const prepared = prepare(config, overUsual)
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
  return fitPrepared(prepare(config, overUsual), options.backend ?? (await fastest()), options)
}

/** Options of `load`, `predictorOf` and `trace`. */
export interface LoadOptions {
  /** The device; the fastest one by default. */
  readonly backend?: Backend | undefined
}

/**
 * Opens models in memory, such as the result of `fit`; several are an ensemble.
 * @example (await predictorOf(await fit({ task }))).predict("abc")
 */
export async function predictorOf(models: Trained | readonly Trained[], options: LoadOptions = {}): Promise<Predictor> {
  requireOptions(options, ["backend"])
  const predictor = createPredictor([models].flat(), options.backend ?? (await fastest()))
  await predictor.ready()
  return predictor
}
