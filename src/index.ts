// The library: train a model, load a trained one, and ask it.
//
//   import { load, train } from "neural-gpu"
//   for await (const event of train({ task: { name: "add" } })) console.log(event.type, event.step)
//   const model = await load("add")
//   console.log((await model.predict("1011+110")).answer)

import { createBackend } from "./backends/open.ts"
import type { Predictor } from "./inference/predictor.ts"
import { type Trace, traceQuestion } from "./inference/trace-question.ts"
import type { LoadOptions } from "./library.ts"
import { loadModel } from "./runs/model.ts"
import { openModels } from "./runs/open.ts"
import { requireOptions } from "./training/fit.ts"

export * from "./library.ts"
export { latestCheckpoint, loadCheckpoint, saveCheckpoint } from "./runs/checkpoint.ts"
export { loadModel, modelNames, type SavedModel, saveModel, type TrainedModel } from "./runs/model.ts"

/**
 * Loads a trained model. With several paths, the models answer as an ensemble: their probabilities are
 * averaged.
 * @param path a run's folder, a saved model's folder, a checkpoint file, or the name of a model of this package
 * @throws UserError if there is no such model or it is damaged; the promise is rejected
 * @example (await (await load("add")).predict("1011+110")).answer // "10001"
 */
export async function load(path: string | readonly string[], options: LoadOptions = {}): Promise<Predictor> {
  requireOptions(options, ["backend"])
  const models = [path].flat().map(loadModel)
  const predictor = openModels(models, options.backend ?? (await createBackend()).backend)
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
