// The library in a browser, on a page or in its workers: training, answers and traces on WebAssembly or
// WebGPU. It imports nothing of Node's and reads no disk. Bundlers take it for "neural-gpu" too.
//
//   import { createBackend, createPredictor, resolveConfig, train, trainedModel } from "neural-gpu/browser"
//   const config = resolveConfig({ task: { name: "copy" } })
//   const { backend } = await createBackend()
//   for await (const event of train(config, backend))
//     if (event.type === "done") {
//       const predictor = createPredictor([trainedModel(config, await event.snapshot())], backend)
//       console.log((await predictor.predict("1011")).answer)
//     }

import type { Backend } from "./backends/backend.ts"
import { createBackend } from "./backends/open.ts"
import { type PartialConfig, resolveConfig } from "./training/config.ts"
import type { Snapshot, TrainEvent } from "./training/events.ts"
import { train as trainResolved } from "./training/trainer.ts"

export type { Backend } from "./backends/backend.ts"
export { type CreatedBackend, devices } from "./backends/index.ts"
export { type BackendOptions, createBackend } from "./backends/open.ts"
export { UserError } from "./core/errors.ts"
export type { Answer } from "./inference/answer.ts"
export type { Wave } from "./inference/evaluate.ts"
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
export { createTask, type Example, imageTasks, type Task, taskFamilies as tasks, vectorTasks } from "./tasks/index.ts"
export { defaultConfig, type PartialConfig, resolveConfig, type TrainConfig } from "./training/config.ts"
export * from "./training/events.ts"

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
    yield* trainResolved(resolved, backend ?? (await createBackend()).backend, from)
  })()
}
