// What somebody writes for a page, without Node's types.

// @ts-expect-error: a page reads no disk
import { createBackend, createPredictor, load, readModel, traceQuestion, train } from "neural-gpu/browser"

export async function answers(config: object, weights: ArrayBuffer): Promise<string> {
  const { backend } = await createBackend()
  const predictor = createPredictor([await readModel(config, new Uint8Array(weights))], backend)
  for await (const { type } of train({ task: { name: "add" }, steps: 3 }, { backend })) if (type === "done") load
  return (await traceQuestion(predictor, "1+1")).answer
}
