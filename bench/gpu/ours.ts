// Ours on WebGPU, with the settings tuned for this adapter, in turns (../peers/turns.ts). Gradients, clipping
// and Adam are those of training.
//   node ours.ts JOB webgpu|webgpu-half

import { createBackend } from "../../src/backends/index.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { trainInTurns } from "../peers/train-turns.ts"
import { blocksOf, jobs, planOf } from "./jobs.ts"

const job = jobs[process.argv[2]]
const training = planOf(job)
const { backend } = await createBackend(process.argv[3] ?? "webgpu", { workers: 1, env: process.env, ownThread: true })
const program = await backend.compile(training)
const blocks = blocksOf(job)
const config = resolveConfig({ optimizer: { name: "adam" }, phases: [{ clip: { norm: 1 } }] })

await trainInTurns(program, blocks, config, {
  rate: 1e-3,
  settings: {
    keep: job.model.form === "diagonal" ? 0.9 : 1,
    "dropout length": 1e9, // the same at every length
    "saturation weight": 0,
    "saturation limit": 1,
  },
  numbers: { "clip norm": 1, "ema decay": 0 },
})
