// An app of somebody who installed the package: it trains in a worker, and answers on the page.

import { createBackend, createPredictor, traceQuestion } from "neural-gpu"

const show = (result) => (document.title = `done ${JSON.stringify(result)}`)
const worker = new Worker(new URL("./train-worker.js", import.meta.url), { type: "module" })
worker.onerror = ({ message }) => show({ failed: message })
worker.onmessage = async ({ data }) => {
  if (data.failed) return show(data)
  const { losses, model, threads } = data
  const { backend } = await createBackend("auto", { workers: 2 })
  const predictor = createPredictor([model], backend)
  const { answer } = await predictor.predict("1101")
  const { frames } = await traceQuestion(predictor, "10")
  const gpu = createPredictor([model], (await createBackend("webgpu")).backend)
  const { answer: byGpu } = await gpu.predict("1101")
  show({ answer, byGpu, frames: frames.length, losses, threads, device: backend.name })
}
