// A task on vectors, traced: what a model was shown and asked, what it answered, and everything that it carries, after every step. For a Neural Turing
// Machine that is what the paper's figures show: where each head read and wrote, and the memory.

import type { Backend } from "../backends/backend.ts"
import { LANES } from "../core/lanes.ts"
import { random, Stream } from "../core/rng.ts"
import { dimsAt } from "../core/shape.ts"
import { modelFamily } from "../models/index.ts"
import { carryName, cutScan, nextName, type Part, STEP } from "../plan/cut.ts"
import { plan } from "../plan/planner.ts"
import { vectorTask } from "../tasks/vectors/index.ts"
import type { TrainConfig } from "./config.ts"
import { sharedOf, type Weights } from "./model.ts"
import { vectorEncoding } from "./vectors.ts"

export interface VectorTrace {
  /** Numbers a place: the input's, the answer's. */
  readonly width: number
  readonly bits: number
  /** For each place: what was shown, the bit's probabilities, what was asked for, and whether it was. */
  readonly input: readonly Float32Array[]
  readonly answer: readonly Float32Array[]
  readonly target: readonly Float32Array[]
  readonly counts: readonly boolean[]
  /** Whether every bit that was asked for was right. */
  readonly right: boolean
  /** Carried tensors by name: their shape, and their numbers after 0, 1, … steps, row-major. */
  readonly tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly after: readonly Float32Array[] }>
  >
}

const lane = (values: Float32Array) => Float32Array.from({ length: values.length / LANES }, (_, i) => values[i * LANES])
const rows = (values: Float32Array, width: number) =>
  Array.from({ length: values.length / width }, (_, l) => values.slice(l * width, (l + 1) * width))

/** Runs a trained model over one random example of this size, step by step. */
export async function traceVectors(
  config: Pick<TrainConfig, "task" | "model">,
  weights: Weights,
  backend: Backend,
  { size, seed = 1, from = "the model" }: { readonly size: number; readonly seed?: number; readonly from?: string },
): Promise<VectorTrace> {
  const task = vectorTask(config.task.name)
  if (!task) throw new Error(`${config.task.name} is no task on vectors`)
  const encoding = vectorEncoding(task, config.model)
  const { name, ...own } = config.model
  const { graph, outputs } = modelFamily(name).build(own, encoding.signature, { training: false })
  const parts = cutScan(graph, { logits: outputs.logits })
  const example = task.random(size, random(seed, Stream.evaluation, size))
  const block = encoding.block([example], 0, 0)
  const compile = async ({ graph, outputs }: Part) => {
    const program = await backend.compile(plan(graph, { outputs }))
    const shared = sharedOf(program.plan, weights, from)
    return async (more: Readonly<Record<string, Float32Array>>) => {
      const run = [{ ...block, steps: 1, inputs: { ...block.inputs, ...more } }]
      const { outputs } = await program.run(shared, run, { seed: 0, trainStep: 0 })
      return Object.fromEntries(Object.entries(outputs[0]).map(([name, values]) => [name, values.slice()]))
    }
  }
  const [begin, step, end] = [await compile(parts.begin), await compile(parts.step), await compile(parts.end)]
  const count = Object.keys(parts.begin.outputs).length
  const carried = (out: Readonly<Record<string, Float32Array>>) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [carryName(i), out[nextName(i)]]))
  const moments = [carried(await begin({}))]
  for (let t = 0; t < block.steps; t++)
    moments.push(carried(await step({ ...moments[t], [STEP]: new Float32Array(LANES).fill(t) })))
  const logits = lane((await end(moments[moments.length - 1])).logits)
  const answer = rows(
    logits.map((z) => 1 / (1 + Math.exp(-z))),
    task.answer,
  )
  const target = rows(example.target, task.answer)
  const counts = Array.from(example.counts, (c) => c === 1)
  return {
    width: task.width,
    bits: task.answer,
    input: rows(example.input, task.width),
    answer,
    target,
    counts,
    right: counts.every((asked, l) => !asked || target[l].every((bit, i) => bit > 0.5 === answer[l][i] > 0.5)),
    tensors: Object.fromEntries(
      [...parts.carried].map(([name, index]) => [
        name,
        {
          shape: dimsAt(parts.begin.outputs[nextName(index)].shape, block.length),
          after: moments.map((moment) => lane(moment[carryName(index)])),
        },
      ]),
    ),
  }
}
