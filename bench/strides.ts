// Does DiffStride repair a bad stride? Trains the residual net on drawn shapes with DiffStride from a bad
// stride, with spectral pooling at a good and at that bad stride, and with strided convolutions at both. It
// prints the accuracy on fresh images. `--cost` weights DiffStride's 1 / (S·S'), summed over both poolings,
// in the loss.
//   node bench/strides.ts [steps] [variants] [--seeds 3] [--cost 0]

import { loadavg, totalmem } from "node:os"
import { Command } from "commander"
import { createBackend } from "../src/backends/index.ts"
import { number, whole as wholeNumber } from "../src/cli/values.ts"
import { random, Stream } from "../src/core/rng.ts"
import { freshExamples } from "../src/inference/evaluate.ts"
import { createPredictor } from "../src/inference/predictor.ts"
import type { ModelConfig } from "../src/models/index.ts"
import { resolveConfig } from "../src/training/config.ts"
import type { Snapshot } from "../src/training/events.ts"
import { train } from "../src/training/trainer.ts"
import { readArguments } from "./arguments.ts"

type Residual = Extract<ModelConfig, { name: "residual" }>
type Strides = Residual["strides"]
/** Steps between rebuilds. The crop follows the learned strides. */
const REBUILD_EVERY = 100
const program = readArguments(
  new Command("node bench/strides.ts")
    .description("test whether DiffStride repairs a bad stride: accuracy on drawn shapes")
    .argument("[steps]", "training steps", (text) => wholeNumber("steps", text, REBUILD_EVERY), 600)
    .argument("[variants]", "number of variants, of the five", (text) => wholeNumber("variants", text, 1, 5), 5)
    .option("--seeds <n>", "seeds 1 to n", (text) => wholeNumber("--seeds", text, 1), 3)
    .option("--cost <x>", "weight of DiffStride's cost in the loss", (text) => number("--cost", text), 0),
)
const [STEPS, VARIANTS] = program.processedArgs as [number, number]
const { seeds, cost: COST } = program.opts<{ seeds: number; cost: number }>()
const SEEDS = Array.from({ length: seeds }, (_, i) => i + 1)
const IMAGES = 512
/** Keeps the frequency of the stripes, 8 of 16. */
const GOOD: Strides = [
  [1.5, 1.5],
  [2, 2],
]
/** Discards it before the first convolution. */
const BAD: Strides = [
  [3, 3],
  [2, 2],
]
const whole = ([a, b]: Strides): Strides => [a.map(Math.floor), b.map(Math.floor)] as Strides

const jobs: readonly [string, Partial<Residual>][] = [
  ["DiffStride from (3, 3), (2, 2)", { pooling: "diffstride", strides: BAD, costWeight: COST }],
  ["spectral pooling (1.5, 1.5), (2, 2)", { pooling: "spectral", strides: GOOD }],
  ["spectral pooling (3, 3), (2, 2)", { pooling: "spectral", strides: BAD }],
  ["strided convolution 1, 2", { pooling: "strided", strides: whole(GOOD) }],
  ["strided convolution 3, 2", { pooling: "strided", strides: whole(BAD) }],
]

// a net is rebuilt with every new crop, and WebAssembly compiles fastest
const { backend } = await createBackend("wasm", { workers: 1, env: process.env, ownThread: true })

/** Accuracy of a trained model on fresh images, built with these crops. */
async function accuracy(model: Residual, { tensors }: Snapshot): Promise<number> {
  const config = resolveConfig({ task: { name: "shapes" }, model })
  const predictor = createPredictor([{ path: "the model", config, weights: tensors }], backend, totalmem())
  const stream = random(77, Stream.evaluation)
  const examples = freshExamples(predictor.encoding, 32, { samples: IMAGES, hard: false, stream })
  const score = await predictor.score(examples)
  await predictor.dispose()
  return score.answersRight / score.answers
}

/** The learned strides of a model: a sigmoid between their limits. */
function learned({ least, most }: Residual, { tensors }: Snapshot): Strides {
  const strideOf = (pool: number, axis: string) => {
    const free = tensors.get(`pool${pool}/stride/${axis}`)?.data[0] ?? 0
    return least + (most - least) / (1 + Math.exp(-free))
  }
  const both = (pool: number): [number, number] => [strideOf(pool, "length"), strideOf(pool, "width")]
  return [both(0), both(1)]
}

/**
 * Trains to the end. With DiffStride the net is rebuilt every REBUILD_EVERY steps with the crops of its
 * present strides.
 */
async function trained(model: Residual, seed: number): Promise<{ model: Residual; snapshot: Snapshot }> {
  let now = model
  let snapshot: Snapshot | undefined
  const every = model.pooling === "diffstride" ? REBUILD_EVERY : STEPS
  for (let steps = every; steps <= STEPS; steps += every) {
    if (model.pooling === "diffstride") now = { ...model, crop: snapshot ? learned(model, snapshot) : model.strides }
    const config = resolveConfig({ task: { name: "shapes" }, model: now, seed, steps })
    for await (const event of train(config, backend, snapshot))
      if (event.type === "done") snapshot = await event.snapshot()
  }
  if (!snapshot) throw new Error(`expected at least ${every} steps`)
  return { model: now, snapshot }
}

for (const seed of SEEDS)
  for (const [name, options] of jobs.slice(0, VARIANTS)) {
    const { model } = resolveConfig({ task: { name: "shapes" }, model: { name: "residual", ...options } })
    const began = performance.now()
    const end = await trained(model as Residual, seed)
    const seconds = (performance.now() - began) / 1000
    const right = await accuracy(end.model, end.snapshot)
    const strides = learned(end.model, end.snapshot).map((s) => `(${s.map((x) => x.toFixed(2)).join(", ")})`)
    const more = end.model.pooling === "diffstride" ? `; strides learned ${strides.join(", ")}` : ""
    console.log(
      `seed ${seed}, ${name}: ${(100 * right).toFixed(1)} % of ${IMAGES} after ${STEPS} steps, ${seconds.toFixed(0)} s, load ${loadavg()[0].toFixed(1)}${more}`,
    )
  }
