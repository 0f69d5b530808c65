// Ours: one training step of the Neural Turing Machine on copy, 16 sequences of one length.
//   node ntm.ts native|wasm threads size

import { createBackend } from "../../src/backends/index.ts"
import { random } from "../../src/core/rng.ts"
import { blocksOf, encodingOf } from "../../src/encoding/index.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { compileModel } from "../../src/training/model.ts"
import { startRateOf } from "../../src/training/update.ts"
import { trainInTurns } from "./train-turns.ts"

const BATCH = 16
const [device, threads, size] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const config = resolveConfig({ task: { name: "copy-vectors" }, model: { name: "ntm" } })
const encoding = encodingOf(config.task, config.model)
const { backend } = await createBackend(device, { workers: threads, env: process.env, ownThread: true })
const model = await compileModel(config, backend, { longest: encoding.length(size) })
const examples = Array.from({ length: BATCH }, (_, i) => encoding.random(size, random(1, i)))
const blocks = blocksOf(encoding, examples, 0, 1 / BATCH)
const [{ clip }] = config.phases

await trainInTurns(model.train, blocks, config, {
  rate: startRateOf(config),
  settings: {},
  numbers: { "clip norm": clip.norm ?? Number.POSITIVE_INFINITY, "ema decay": 0 },
})
