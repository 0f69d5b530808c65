// Ours: `node ntm.ts native|wasm threads size`: one training step of the Neural Turing Machine on copy, 16 sequences of one length.

import { createBackend } from "../../src/backends/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { random } from "../../src/core/rng.ts"
import { blocksOf, encodingOf } from "../../src/encoding/index.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { compileModel } from "../../src/training/model.ts"
import { createOptimizer, newMemory, stepper } from "../../src/training/optimizers/index.ts"
import { clipGlobalNorm } from "../../src/training/techniques/clip.ts"
import { takeTurns } from "./turns.ts"

const BATCH = 16
const [device, threads, size] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const config = resolveConfig({ task: { name: "copy-vectors" }, model: { name: "ntm" } })
const encoding = encodingOf(config.task, config.model)
const { backend } = await createBackend(device, { workers: threads, env: process.env, ownThread: true })
const model = await compileModel(config, backend, { longest: encoding.length(size) })
const shared = initialValues(model.train.plan.shared, 1)
const examples = Array.from({ length: BATCH }, (_, i) => encoding.random(size, random(1, i)))
const blocks = blocksOf(encoding, examples, 0, 1 / BATCH)
const optimizer = createOptimizer(config.optimizer)
const step = stepper(optimizer)
const memory = newMemory(optimizer, model.trainable)
let trainStep = 0

await takeTurns(async () => {
  const { gradient } = await model.train.run(shared, blocks, { seed: 1, trainStep: trainStep++ })
  clipGlobalNorm(gradient, config.clip ?? Number.POSITIVE_INFINITY)
  step(shared.subarray(0, model.trainable), gradient, config.rate.start, memory)
})
