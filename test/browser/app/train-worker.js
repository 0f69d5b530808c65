// The training of the app, in a worker of its own.

import { createBackend, resolveConfig, train, trainedModel } from "neural-gpu/browser"

async function learn() {
  const model = { name: "neural-gpu", maps: 12 }
  const config = resolveConfig({ task: { name: "copy" }, model, steps: 150, sizes: [[1, 3]] })
  const { backend } = await createBackend("wasm", { workers: 2 })
  const errors = []
  for await (const event of train(config, { backend })) {
    if (event.type === "step") errors.push(event.error)
    if (event.type !== "done") continue
    const losses = [errors[0], errors.at(-1)]
    postMessage({ losses, threads: backend.workers, model: trainedModel(config, await event.snapshot()) })
  }
}

learn().catch(({ stack }) => postMessage({ failed: stack }))
