// Ours: `node ours.ts native|wasm threads n [original]`. The original form with one layer and plain gates; the embedding of the symbols is in
// the step as well, which the peers are spared. Gradients, global-norm clip and Adam are those of training.
// original: two layers, six copies of the parameters that are pulled together, gates with cutoff, dropout: the paper's model.

import { native } from "../../src/backends/native/index.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { LANES } from "../../src/core/lanes.ts"
import { initialValues } from "../../src/core/params.ts"
import { random } from "../../src/core/rng.ts"
import { neuralGpu, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { plan } from "../../src/plan/planner.ts"
import { addPull, relaxationDefaults, relaxedTensors } from "../../src/training/techniques/relaxation.ts"
import { trainInTurns } from "./train-turns.ts"

const BATCH = 32
const V = 4
const COPIES = 6
/** As in pytorch.py [KS16, §4: 9 %]. */
const KEEP = 0.91
const [device, threads, length] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const original = process.argv[5] === "original"
const backend = device === "wasm" ? wasm(threads) : native(threads, process.env)
if (!backend) throw new Error("there is no C compiler: install gcc or clang")
const { graph, outputs } = neuralGpu(
  original ? { ...neuralGpuForms.original, copies: COPIES } : { ...neuralGpuForms.original, layers: 1, cutoff: 1 },
  { kind: "symbols", symbols: V },
  { training: true },
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
const shared = initialValues(training.shared, 1)

const keep = training.shared.find(({ name }) => name === "keep")
if (original && keep) shared[keep.offset] = KEEP
const relaxed = relaxedTensors(training.shared)
await trainInTurns(program, shared, blocks, (gradient, parameters) => {
  if (original) addPull(gradient, parameters, relaxed, relaxationDefaults.pull)
})
