// Does DiffStride repair a badly chosen stride? `node bench/strides.ts [steps]`: the residual net on drawn shapes, three seeds each of DiffStride from a
// bad stride, fixed spectral pooling with a good and with that bad stride, and strided convolutions with both; accuracy on fresh images.

import { loadavg } from "node:os"
import { createBackend } from "../src/backends/index.ts"
import { random, Stream } from "../src/core/rng.ts"
import type { ModelConfig } from "../src/models/index.ts"
import { resolveConfig } from "../src/training/config.ts"
import { encodingOf } from "../src/training/encoding.ts"
import { evaluate } from "../src/training/evaluate.ts"
import type { Snapshot } from "../src/training/events.ts"
import { planEvaluation, sharedOf } from "../src/training/model.ts"
import { train } from "../src/training/trainer.ts"

type Residual = Extract<ModelConfig, { name: "residual" }>
const STEPS = Number(process.argv[2] ?? 300)
const IMAGES = 512
/** Keeps the stripes' frequency, 8 of 16. */
const GOOD = [
  [1.5, 1.5],
  [2, 2],
] as const
/** Throws it away before anything looked at it. */
const BAD = [
  [3, 3],
  [2, 2],
] as const
const whole = (strides: typeof GOOD | typeof BAD) => strides.map(([a, b]) => [Math.floor(a), Math.floor(b)] as const)

const jobs: readonly [string, Partial<Residual>][] = [
  ["DiffStride from (3, 3), (2, 2)", { pooling: "diffstride", strides: BAD }],
  ["spectral pooling (1.5, 1.5), (2, 2)", { pooling: "spectral", strides: GOOD }],
  ["spectral pooling (3, 3), (2, 2)", { pooling: "spectral", strides: BAD }],
  ["strided convolution 1, 2", { pooling: "strided", strides: whole(GOOD) }],
  ["strided convolution 3, 2", { pooling: "strided", strides: whole(BAD) }],
]

const { backend } = createBackend("auto", { workers: 1, env: process.env })

/** Accuracy of a trained model on fresh images, built with these crops. */
async function accuracy(model: Residual, { tensors }: Snapshot): Promise<number> {
  const encoding = encodingOf({ name: "shapes" }, model)
  const program = await backend.compile(planEvaluation(model, encoding.signature))
  const stream = random(77, Stream.evaluation)
  const examples = Array.from({ length: IMAGES }, () => encoding.random(32, stream))
  const score = await evaluate(program, sharedOf(program.plan, tensors, "the model"), encoding, examples)
  await program.dispose()
  return score.answersRight / score.answers
}

/** The strides that a model has learnt: between its limits by a sigmoid. */
function learnt({ least, most }: Residual, { tensors }: Snapshot): [number, number][] {
  return [0, 1].map((pool) => {
    const stride = (axis: string) => {
      const free = tensors.get(`pool${pool}/stride/${axis}`)?.data[0] ?? 0
      return least + (most - least) / (1 + Math.exp(-free))
    }
    return [stride("length"), stride("width")]
  })
}

for (const seed of [1, 2, 3])
  for (const [name, options] of jobs) {
    const config = resolveConfig({
      task: { name: "shapes" },
      model: { name: "residual", ...options },
      seed,
      steps: STEPS,
    })
    const model = config.model as Residual
    const began = performance.now()
    for await (const event of train(config, backend)) {
      if (event.type !== "done") continue
      const seconds = (performance.now() - began) / 1000
      const snapshot = event.snapshot()
      const right = await accuracy(model, snapshot)
      let more = ""
      if (model.pooling === "diffstride") {
        const strides = learnt(model, snapshot)
        const cropped = await accuracy({ ...model, crop: strides }, snapshot)
        const shown = strides.map((s) => `(${s.map((x) => x.toFixed(2)).join(", ")})`).join(", ")
        more = `; strides learnt ${shown}; built again with their crops ${(100 * cropped).toFixed(1)} %`
      }
      console.log(
        `seed ${seed}, ${name}: ${(100 * right).toFixed(1)} % of ${IMAGES} after ${STEPS} steps, ${seconds.toFixed(0)} s, load ${loadavg()[0].toFixed(1)}${more}`,
      )
    }
  }
