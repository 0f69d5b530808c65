// Ours on WebGPU: `node ours.ts JOB`, in turns (../peers/turns.ts). Gradients, clip and Adam are those of training.

import { webgpu } from "../../src/backends/webgpu/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { trainInTurns } from "../peers/train-turns.ts"
import { blocksOf, jobs, planOf } from "./jobs.ts"

const job = jobs[process.argv[2]]
const training = planOf(job)
const program = await webgpu().compile(training)
const blocks = blocksOf(job)
const shared = initialValues(training.shared, 1)
for (const { name, offset } of training.shared)
  if (name === "keep") shared[offset] = job.model.form === "diagonal" ? 0.9 : 1

await trainInTurns(program, shared, blocks)
