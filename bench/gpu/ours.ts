// Ours on WebGPU: `node ours.ts JOB`, in turns (../peers/turns.ts). Gradients, clip and Adam are those of training.

import { webgpu } from "../../src/backends/webgpu/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { newMemory, optimizers } from "../../src/training/optimizers/index.ts"
import { clipGlobalNorm } from "../../src/training/techniques/clip.ts"
import { takeTurns } from "../peers/turns.ts"
import { blocksOf, jobs, planOf } from "./jobs.ts"

const job = jobs[process.argv[2]]
const training = planOf(job)
const program = await webgpu().compile(training)
const blocks = blocksOf(job)
const shared = initialValues(training.shared, 1)
for (const { name, offset } of training.shared)
  if (name === "keep") shared[offset] = job.model.form === "diagonal" ? 0.9 : 1
const parameters = shared.subarray(0, training.trainableSize)
const optimizer = optimizers.adam()
const memory = newMemory(optimizer, training.trainableSize)
let trainStep = 0

await takeTurns(async () => {
  const { gradient } = await program.run(shared, blocks, { seed: 1, trainStep: trainStep++ })
  clipGlobalNorm(gradient, 1)
  optimizer.step(parameters, gradient, 1e-3, memory)
})
