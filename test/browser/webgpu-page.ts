// Runs in the browser and drives WebGPU there for the tests, with the same code as in Node.

import type { Backend } from "../../src/backends/backend.ts"
import { reference } from "../../src/backends/reference/index.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { webgpu } from "../../src/backends/webgpu/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import { train } from "../../src/training/trainer.ts"
import { type Golden, takeSteps } from "../golden/steps.ts"
import { layers } from "../layers/samples.ts"
import { opSamples } from "../ops/samples.ts"
import { difference, options, planOf, randomBlock, type Samples, sharedValues } from "../samples.ts"

const samplesOf: Readonly<Record<string, Samples>> = {
  ...Object.fromEntries(Object.entries(opSamples).map(([name, samples]) => [`op ${name}`, samples])),
  ...Object.fromEntries(Object.entries(layers).map(([name, samples]) => [`layer ${name}`, samples])),
}

/** Largest difference from the reference of all samples of an op or a layer, forward and gradients. */
async function differenceOf(name: string, length: number): Promise<number> {
  const p = planOf(samplesOf[name])
  const block = randomBlock(p, length, length)
  const program = await webgpu().compile(p)
  const got = await program.run(sharedValues(p), [block], options)
  const want = await (await reference.compile(p)).run(sharedValues(p), [block], options)
  await program.dispose()
  const outputs = p.outputs.map((o) => difference(got.outputs[0][o.name], want.outputs[0][o.name]))
  const gradients = p.shared
    .filter((t) => t.trainable)
    .map(({ offset, size }) =>
      difference(got.gradient.subarray(offset, offset + size), want.gradient.subarray(offset, offset + size)),
    )
  return Math.max(...outputs, ...gradients)
}

/** Ten steps of a golden file: relative errors of the losses, differences of the parameters. */
async function golden(file: Golden, name: "adam" | "adamax"): Promise<number> {
  const { losses, parameters } = file.training[name]
  const got = await takeSteps(file, webgpu(), name, losses.length)
  return Math.max(
    ...losses.map((loss, i) => Math.abs(got.losses[i] - loss) / loss),
    ...Object.keys(parameters).map((tensor) => difference(got.parameters[tensor], parameters[tensor])),
  )
}

/** Losses of each training step on both devices, and the final difference of the weights. */
async function trainBoth(given: PartialConfig) {
  const run = async (backend: Backend) => {
    const losses: number[] = []
    let weights = new Float32Array(0)
    for await (const event of train(resolveConfig(given), backend)) {
      if (event.type === "step") losses.push(event.error)
      if (event.type === "done")
        weights = Float32Array.from([...(await event.snapshot()).tensors.values()].flatMap((t) => [...t.data]))
    }
    return { losses, weights }
  }
  const [here, there] = [await run(webgpu()), await run(wasm(1))]
  const apart = here.weights.reduce((worst, w, i) => Math.max(worst, Math.abs(w - there.weights[i])), 0)
  return { webgpu: here.losses, wasm: there.losses, apart }
}

const names = Object.keys(samplesOf).filter((name) => Object.keys(samplesOf[name]).length > 0)
export const api = { names, differenceOf, golden, trainBoth }
export type Api = typeof api
Object.assign(window, { api })
document.title = "ready"
