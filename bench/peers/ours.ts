// Ours: the original form with one layer and plain gates. Unlike its peers it also embeds the symbols.
// Gradients, norm clipping and Adam are those of training. `original` is the paper's model: two layers, six
// copies of the parameters with relaxation, gates with cutoff, dropout.
//   node ours.ts native|wasm threads n [original]

import { native } from "../../src/backends/native/index.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { LANES } from "../../src/core/lanes.ts"
import { random } from "../../src/core/rng.ts"
import { plainTraining } from "../../src/models/model.ts"
import { neuralGpu, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { plan } from "../../src/plan/planner.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { trainInTurns } from "./train-turns.ts"

const BATCH = 32
const V = 4
const COPIES = 6
/** As in pytorch.py [KS16 §4]. */
const DROPOUT = 0.09
const [device, threads, length] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const original = process.argv[5] === "original"
const backend = device === "wasm" ? wasm(threads) : (await native(threads, process.env)).backend
if (!backend) throw new Error("there is no C compiler: install gcc or clang")
const { graph, outputs } = neuralGpu(
  original ? { ...neuralGpuForms.original, copies: COPIES } : { ...neuralGpuForms.original, layers: 1, cutoff: 1 },
  { kind: "symbols", symbols: V },
  plainTraining,
)
const training = plan(graph, { outputs: { error: outputs.error }, loss: outputs.loss })
const program = await backend.compile(training)

const numbers = random(1)
const lanes = (size: number, value: () => number) => Float32Array.from({ length: size * LANES }, value)
const blocks = Array.from({ length: BATCH / LANES }, (_, i) => ({
  length,
  steps: length,
  firstExample: i * LANES,
  inputs: {
    symbols: lanes(length, () => numbers.below(V)),
    target: lanes(length, () => numbers.below(V)),
    mask: lanes(length, () => 1),
    weight: lanes(length, () => 1 / (BATCH * length)),
    steps: lanes(1, () => length),
    scale: lanes(1, () => 0),
  },
}))
const config = resolveConfig({ optimizer: { name: "adam" }, phases: [{ clip: { norm: 1 } }] })
const [{ relaxation }] = config.phases

await trainInTurns(program, blocks, config, {
  rate: 1e-3,
  settings: {
    keep: original ? 1 - DROPOUT : 1,
    "dropout length": 1e9, // the same at every length
    "saturation weight": 0,
    "saturation limit": 1,
  },
  numbers: { "clip norm": 1, pull: relaxation.pull, "copies averaged": 0, "ema decay": 0 },
})
