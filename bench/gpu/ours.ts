// Ours on WebGPU, with what was tuned for this adapter: `node ours.ts JOB webgpu|webgpu-half`, in turns (../peers/turns.ts). Gradients, clip and Adam are those of training.

import { createBackend } from "../../src/backends/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { trainInTurns } from "../peers/train-turns.ts"
import { blocksOf, jobs, planOf } from "./jobs.ts"

const job = jobs[process.argv[2]]
const training = planOf(job)
const { backend } = await createBackend(process.argv[3] ?? "webgpu", { workers: 1, env: process.env, ownThread: true })
const program = await backend.compile(training)
const blocks = blocksOf(job)
const shared = initialValues(training.shared, 1)
for (const { name, offset } of training.shared)
  if (name === "keep") shared[offset] = job.model.form === "diagonal" ? 0.9 : 1

await trainInTurns(program, shared, blocks)
