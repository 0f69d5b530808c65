// A learned stride in a Neural GPU. Questions of 32 symbols are embedded as in the diagonal Neural GPU,
// down-sampled along the length by DiffStride, and rewritten as often as the result is long. They are then
// up-sampled to 32 places in the frequency domain. Peers are no down-sampling and spectral pooling by 2. It
// is a benchmark, not a model: a transform's size is part of a plan, but a Neural GPU must run at any length.
//   node bench/strides-neural-gpu.ts [steps] [--seeds 3] [--tasks count,copy,reverse] [--cost 0.1]

import { loadavg } from "node:os"
import { Command, Option } from "commander"
import { hostUpdate } from "../src/backends/host-resident.ts"
import { createBackend } from "../src/backends/index.ts"
import { number, whole } from "../src/cli/values.ts"
import { add, constant, coordinate, equal, hardTanh, mul, neg, select } from "../src/core/expr.ts"
import { Graph } from "../src/core/graph.ts"
import { sum } from "../src/core/map.ts"
import type { Node } from "../src/core/op.ts"
import { initialValues, view } from "../src/core/params.ts"
import { random, Stream } from "../src/core/rng.ts"
import { blocksOf, type Encoding, encodingOf } from "../src/encoding/index.ts"
import { conv } from "../src/layers/conv.ts"
import { dcgru } from "../src/layers/dcgru.ts"
import { diffStride, SMOOTHNESS, spectralPooling, spectralUpsampling } from "../src/layers/diffstride.ts"
import { oneHot } from "../src/layers/embedding.ts"
import { symbolsOf } from "../src/models/model.ts"
import { neuralGpuForms } from "../src/models/neural-gpu.ts"
import { logSoftmaxOp } from "../src/ops/log-softmax.ts"
import { plan } from "../src/plan/planner.ts"
import { GRADIENT, WEIGHTS } from "../src/plan/update.ts"
import { resolveConfig } from "../src/training/config.ts"
import { arraysOf, optimizerOf, updateOf } from "../src/training/update.ts"
import { readArguments } from "./arguments.ts"

/**
 * Steps between rebuilds. The crop, and with it the number of the net's own steps, follows the learned
 * stride.
 */
const REBUILD_EVERY = 50
const program = readArguments(
  new Command("node bench/strides-neural-gpu.ts")
    .description("compare learned strides in a Neural GPU: right answers, time of a step")
    .argument("[steps]", "training steps", (text) => whole("steps", text, REBUILD_EVERY), 200)
    .option("--seeds <n>", "seeds 1 to n", (text) => whole("--seeds", text, 1), 3)
    .addOption(
      new Option("--tasks <names>", "tasks on symbols")
        .argParser((text) => text.split(","))
        .default(["count", "copy", "reverse"], "count,copy,reverse"),
    )
    .option(
      "--cost <x>",
      "weight of DiffStride's cost in the loss of the last variant",
      (text) => number("--cost", text),
      0.1,
    ),
)
const [STEPS] = program.processedArgs as [number]
const given = program.opts<{ seeds: number; tasks: readonly string[]; cost: number }>()
const SEEDS = Array.from({ length: given.seeds }, (_, i) => i + 1)
const PLACES = 32
const MAPS = 24
const BATCH = 16
/** Fresh examples on which a trained net is measured. */
const SAMPLES = 256
/** Learning rate of AdaMax, 0.01 · 48 / maps [DNGPU code]; the strides learn at the same rate. */
const RATE = 0.02
/** Weight of the saturation cost, at its initial value [DNGPU code]; here it stays constant. */
const SATURATION = 1e-3
/**
 * Lower limit of the stride. Below n / (n − R) the ramp lies beyond all frequencies, and the stride has no
 * gradient [DiffStride code].
 */
const LEAST = PLACES / (PLACES - SMOOTHNESS)
const MOST = 4

type Pooling =
  | { readonly form: "none" }
  | { readonly form: "spectral"; readonly stride: number }
  | { readonly form: "diffstride"; readonly begin: number; readonly cost: number }
const variants: readonly [string, Pooling][] = [
  ["no down-sampling", { form: "none" }],
  ["spectral pooling by 2", { form: "spectral", stride: 2 }],
  ["DiffStride from 1.25", { form: "diffstride", begin: 1.25, cost: 0 }],
  ["DiffStride from 2", { form: "diffstride", begin: 2, cost: 0 }],
  [`DiffStride from 2, cost ${given.cost}`, { form: "diffstride", begin: 2, cost: given.cost }],
]

/** Builds the net for V symbols. `stride` is DiffStride's present one, for the crop. */
function build(V: number, pooling: Pooling, stride: number) {
  const g = new Graph()
  const place = (name: string) => g.lane(name, [PLACES, 1, 1])
  const [symbols, target, weight] = [place("symbols"), place("target"), place("weight")]
  const scale = g.lane("scale", [1, 1, 1])
  const embedded = g.map([conv(g, "input", oneHot(g, symbols, V), { channels: MAPS, kernel: [1, 1] })], hardTanh)
  const one: Node = g.mapExpr([], constant(1), [1, 1, 1])
  let first = embedded
  let stridden: Node | undefined
  if (pooling.form === "spectral") first = spectralPooling(g, embedded, [pooling.stride, 1])
  if (pooling.form === "diffstride") {
    const options = { stride: [pooling.begin, 1], crop: [stride, 1], least: LEAST, most: MOST } as const
    const pooled = diffStride(g, "pool", embedded, options)
    first = pooled.out
    stridden = pooled.cost
  }
  const rows = first.shape[0] as number
  const mask = g.mapExpr([], constant(1), [rows, 1, 1])
  const [state, excess] = g.scan([first, g.zeros([1, 1, 1])], ([s, total]) => {
    const next = dcgru(g, "dcgru", s, mask, { kernel: [3, 1], scale: 1, keep: one })
    return [next.state, g.map([total, next.cost], add)]
  })
  const whole = rows === PLACES ? state : spectralUpsampling(g, state, PLACES)
  const logits = g.create(logSoftmaxOp, [conv(g, "output", whole, { channels: V, kernel: [1, 1] })], {})
  const error = sum(
    g,
    g.map([logits, target, weight], (p, t, w) => mul(w, select(equal(t, coordinate(2)), neg(p), 0))),
    [1, 1, 1],
  )
  // `scale` is made for 32 places and steps, but the image has `rows` of both
  const more = [
    g.map([excess, scale], (e, s) => mul(mul(e, s), (SATURATION * PLACES ** 2) / rows ** 2)),
    ...(stridden && pooling.form === "diffstride"
      ? [g.map([stridden, sum(g, weight, [1, 1, 1])], (c, w) => mul(mul(c, w), pooling.cost))]
      : []),
  ]
  const loss = more.reduce((a, b) => g.map([a, b], add), error)
  return { rows, graph: g, logits, loss }
}

// a net is rebuilt with every new crop, and WebAssembly compiles fastest
const { backend } = await createBackend("wasm", { workers: 1, env: process.env, ownThread: true })

/**
 * Compiles the net for this stride's crop, with an encoding whose scans run as often as the image is long.
 */
async function compiled(task: string, pooling: Pooling, stride: number) {
  const encoding = encodingOf({ name: task }, { name: "neural-gpu", ...neuralGpuForms.diagonal })
  const { rows, graph, logits, loss } = build(symbolsOf(encoding.signature), pooling, stride)
  const program = await backend.compile(plan(graph, { outputs: { logits }, loss }))
  const block: Encoding["block"] = (...of) => ({ ...encoding.block(...of), steps: rows })
  return { rows, program, encoding: { ...encoding, block } }
}

/** The learned stride: a sigmoid between its limits. */
const learned = (free: number): number => LEAST + (MOST - LEAST) / (1 + Math.exp(-free))

/** AdaMax without any technique. */
const training = resolveConfig({ phases: [{}] })

/** Trains one net and measures it on fresh examples. */
async function run(task: string, pooling: Pooling, seed: number) {
  const optimizer = optimizerOf(training)
  let stride = pooling.form === "diffstride" ? pooling.begin : 1
  let net = await compiled(task, pooling, stride)
  const { plan } = net.program
  const shared = initialValues(plan.shared, seed)
  const parameters = shared.subarray(0, plan.trainableSize)
  const memory = Object.fromEntries(arraysOf(training).map((name) => [name, new Float32Array(plan.trainableSize)]))
  const own: Record<string, number> = optimizer.begin(training.optimizer)
  const update = hostUpdate(updateOf(training, []), plan.trainableSize)
  const times: number[] = []
  for (let trainStep = 0; trainStep < STEPS; trainStep++) {
    if (pooling.form === "diffstride" && trainStep > 0 && trainStep % REBUILD_EVERY === 0) {
      await net.program.dispose()
      net = await compiled(task, pooling, stride)
      times.length = 0
    }
    const stream = random(seed, Stream.data, trainStep)
    const examples = Array.from({ length: BATCH }, () => net.encoding.random(PLACES, stream))
    const begin = process.cpuUsage()
    const { gradient } = await net.program.run(shared, blocksOf(net.encoding, examples, 0, 1 / BATCH), {
      seed,
      trainStep,
    })
    const numbers = { ...optimizer.next(training.optimizer, own, RATE), "ema decay": 0 }
    update({ ...memory, [WEIGHTS]: parameters, [GRADIENT]: gradient }, numbers, {})
    times.push(process.cpuUsage(begin).user / 1000)
    if (pooling.form === "diffstride") stride = learned(view(shared, plan.shared, "pool/stride/length")[0])
  }
  const fresh = random(77, Stream.evaluation)
  const examples = Array.from({ length: SAMPLES }, () => net.encoding.random(PLACES, fresh))
  const { outputs } = await net.program.run(shared, blocksOf(net.encoding, examples, 0, 0), { seed: 0, trainStep: 0 })
  const score = net.encoding.score(
    examples,
    outputs.map(({ logits }) => logits),
  )
  await net.program.dispose()
  times.sort((a, b) => a - b)
  // CPU time, because wall-clock time depends on the machine's load
  return { stride, rows: net.rows, cpuMs: times[times.length >> 1], score }
}

const percent = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`
for (const seed of SEEDS)
  for (const task of given.tasks)
    for (const [name, pooling] of variants) {
      const { stride, rows, cpuMs, score } = await run(task, pooling, seed)
      const end = pooling.form === "diffstride" ? `, stride ${stride.toFixed(2)}` : ""
      console.log(
        `${task}, seed ${seed}, ${name}: symbols ${percent(score.symbolsRight, score.symbols)}, whole answers ${percent(score.answersRight, score.answers)} of ${SAMPLES}` +
          `${end}; ${rows} places and steps, ${cpuMs.toFixed(1)} ms of CPU a training step, load ${loadavg()[0].toFixed(1)}`,
      )
    }
