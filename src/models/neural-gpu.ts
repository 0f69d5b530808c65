// The Neural GPU: an image [L, W, M] that begins as the embedded question and is rewritten by the same small convolutional
// recurrent layers as many times as the question is long; the answer is read off its first column.
// form "original": Kaiser & Sutskever 2016; form "diagonal": Freivalds & Liepins 2017 (DNGPU).

import { must, whole } from "../core/checks.ts"
import {
  add,
  constant,
  coordinate,
  type Expr,
  equal,
  hardTanh,
  less,
  mul,
  neg,
  select,
  step,
  tanh,
} from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { cgru } from "../layers/cgru.ts"
import { conv } from "../layers/conv.ts"
import { dcgru, SATURATION_LIMIT, saturation } from "../layers/dcgru.ts"
import { dropout, keepAtLength } from "../layers/dropout.ts"
import { oneHot } from "../layers/embedding.ts"
import { unitNoise } from "../layers/noise.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import {
  type BuildOptions,
  type ModelFamily,
  type ModelInputs,
  type ModelOutputs,
  modelInputs,
  type Signature,
  symbolsOf,
} from "./model.ts"

export interface NeuralGpuOptions {
  readonly form: "original" | "diagonal"
  /** Channels of each cell, m. */
  readonly maps: number
  /** Columns of the image, w. */
  readonly width: number
  /** Recurrent layers in a step, l. */
  readonly layers: number
  /** Gates' stretch; original form only. */
  readonly cutoff: number
  /** Multiplies the bound of initial weights. */
  readonly initScale: number
  /** Steps beyond the question's length, for answers that are not finished by then; in training a random number of them. */
  readonly extraSteps: number
  /** In training a random number of steps between this share of the question's length and all that there are: an answer must be ready early, and stay.
   *  Ours: with as many steps as symbols the operands of a sum may meet in the last ones only, too late for a long carry (docs/log.md). 1: all of them. */
  readonly leastSteps: number
  /** When the model answers, update gates are so many times as steep as they were trained: one that was nearly shut or open is so, and what should stay does
   *  [slope annealing: Chung, Ahn and Bengio 2016, §2.3; docs/log.md]. The same as larger weights of these gates. Original form only. 1: as trained. */
  readonly answerSlope: number
  /** Copies of the cells' parameters, of which step t uses number t mod copies: parameter-sharing relaxation, r [KS16, §3: "often r = 6"]. 1: none. */
  readonly copies: number
}

/** The defaults of each form, with their sources. */
export const neuralGpuDefaults: Record<NeuralGpuOptions["form"], NeuralGpuOptions> = {
  // as many steps as the question is long [KS16, §2]; w = 4, m = 24, l = 2 [KS16, §4]; cutoff 1.2 [KS16, §3]
  original: {
    form: "original",
    maps: 24,
    width: 4,
    layers: 2,
    cutoff: 1.2,
    initScale: 1,
    extraSteps: 0,
    leastSteps: 1,
    answerSlope: 1,
    copies: 1,
  },
  // m = 48 for addition, one layer, one column [DNGPU code]
  diagonal: {
    form: "diagonal",
    maps: 48,
    width: 1,
    layers: 1,
    cutoff: 1.2,
    initScale: 1,
    extraSteps: 0,
    leastSteps: 1,
    answerSlope: 1,
    copies: 1,
  },
}

/** Kernel extent along the length and the width; a single column needs none along the width. */
const kernelOf = (width: number): [number, number] => [3, width === 1 ? 1 : 3]

/** Streams of random numbers, one for each dropout. */
const INPUT_DROPOUT = 1
const STATE_DROPOUT = 2
const NOISE = 16
const STATE_NOISE = 64

export const neuralGpuFamily: ModelFamily<"neural-gpu", NeuralGpuOptions> = {
  name: "neural-gpu",
  summary: "an image rewritten by convolutional gated cells as many times as the question is long",
  // 24 maps: fewer cells find the trick that ends at the trained sizes less often than 48 do (docs/log.md)
  defaults: { ...neuralGpuDefaults.diagonal, maps: 24 },
  techniques: ["dropout", "noise", "saturation"],
  learns: ["symbols"],
  check({ form, maps, width, layers, cutoff, initScale, extraSteps, leastSteps, answerSlope, copies }) {
    must("model.form", form, form in neuralGpuDefaults, `one of ${Object.keys(neuralGpuDefaults).join(", ")}`)
    must("model.maps", maps, whole(maps, 1) && maps <= 512, "a whole number from 1 to 512")
    must("model.width", width, whole(width, 1) && width <= 16, "a whole number from 1 to 16")
    must("model.layers", layers, whole(layers, 1) && layers <= 8, "a whole number from 1 to 8")
    must("model.cutoff", cutoff, cutoff >= 1 && cutoff < 10, "a number from 1 to 10")
    must("model.initScale", initScale, initScale > 0, "a number above 0")
    must("model.extraSteps", extraSteps, whole(extraSteps, 0), "a whole number of at least 0")
    must("model.leastSteps", leastSteps, leastSteps > 0 && leastSteps <= 1, "a share above 0, at most 1")
    must("model.answerSlope", answerSlope, answerSlope >= 1 && answerSlope <= 100, "a number from 1 to 100")
    if (form === "diagonal")
      must("model.answerSlope", answerSlope, answerSlope === 1, "1: only the original form has it")
    must("model.copies", copies, whole(copies, 1) && copies <= 64, "a whole number from 1 to 64")
  },
  build: neuralGpu,
  steps: (_, length) => length,
  extraSteps: ({ extraSteps }) => extraSteps,
  leastSteps: ({ leastSteps }) => leastSteps,
}

/** Builds the graph for V symbols. With `training`, dropout (setting `keep`) and the saturation cost are in it. */
export function neuralGpu(
  options: NeuralGpuOptions,
  signature: Signature,
  { training, noise = false, stateNoise = false, dropoutByLength = false }: BuildOptions,
): { graph: Graph; outputs: ModelOutputs } {
  const V = symbolsOf(signature)
  const g = new Graph()
  const inputs = modelInputs(g)
  const keep = g.setting("keep", 1)
  const settings: Settings = {
    keep: dropoutByLength && training ? keepAtLength(g, keep, inputs.steps) : keep,
    limit: g.setting("saturation limit", SATURATION_LIMIT),
    noise: noise && training ? g.setting("noise", 0) : undefined,
    stateNoise: noise && stateNoise && training ? g.setting("state noise", 0) : undefined,
  }
  const saturationWeight = g.setting("saturation weight", 0)
  const { state, cost } =
    options.form === "diagonal"
      ? diagonal(g, options, V, inputs, settings, training)
      : original(g, options, V, inputs, settings, training)

  const { target, weight, scale } = inputs
  const column =
    options.width === 1
      ? state
      : sum(
          g,
          g.map([state], (s) => select(equal(coordinate(1), 0), s, 0)),
          ["L", 1, options.maps],
        )
  const logits = g.create(logSoftmaxOp, [conv(g, "output", column, { channels: V, kernel: [1, 1] })], {})
  const error = sum(
    g,
    g.map([logits, target, weight], (p, t, w) => mul(w, select(equal(t, coordinate(2)), neg(p), 0))),
    [1, 1, 1],
  )
  const scaled = g.map([cost, scale], mul)
  const loss = g.map([error, scaled, saturationWeight], (e, c, w) => add(e, mul(w, c)))
  return { graph: g, outputs: { logits, error, cost: scaled, loss } }
}

type Built = { state: Node; cost: Node }
type Settings = { keep: Node; limit: Node; noise: Node | undefined; stateNoise: Node | undefined }

/** What the state's noise takes besides, if there is any: the deviation of the cells' noise and the share of it. */
const deviations = ({ noise, stateNoise }: Settings): Node[] => (noise && stateNoise ? [noise, stateNoise] : [])
const shaken = (state: Expr, [deviation, share]: readonly Expr[]): Expr =>
  deviation ? add(state, mul(mul(deviation, share), unitNoise(STATE_NOISE))) : state

/** One-hot → 1x1 conv → hard tanh → dropout; then `steps` times one diagonal CGRU [DNGPU code]. */
function diagonal(
  g: Graph,
  { maps, width, layers, initScale, copies }: NeuralGpuOptions,
  V: number,
  { symbols, mask, steps }: ModelInputs,
  settings: Settings,
  training: boolean,
): Built {
  const { keep, limit, noise } = settings
  const embedded = conv(g, "input", oneHot(g, symbols, V), { channels: maps, kernel: [1, 1] })
  const first = g.map(
    [embedded, mask, keep],
    (x, m, k) =>
      mul(m, select(equal(coordinate(1), 0), training ? dropout(hardTanh(x), k, INPUT_DROPOUT) : hardTanh(x), 0)),
    ["L", width, maps],
  )
  // the input layer's saturation counts once for every step [DNGPU code]
  const begin = g.map([saturation(g, embedded, mask, limit), steps], mul)
  const [state, cost] = g.scan([first, training ? begin : g.zeros([1, 1, 1])], ([s, total]) => {
    g.watch("state", () => s)
    let next = s
    let more: Node | undefined
    for (let layer = 0; layer < layers; layer++) {
      const out = dcgru(g, `dcgru${layer}`, next, mask, {
        kernel: kernelOf(width),
        scale: initScale,
        copies,
        keep,
        limit,
        noise: noise && { deviation: noise, stream: NOISE + 3 * layer },
        dropout: training ? (c, k) => dropout(c, k, STATE_DROPOUT + layer) : undefined,
      })
      next = out.state
      more = more ? g.map([more, out.cost], add) : out.cost
    }
    return [
      g.map([next, s, steps, ...deviations(settings)], (a, b, n, ...d) => select(less(step, n), shaken(a, d), b)),
      training && more ? g.map([total, more, steps], (a, b, n) => add(a, select(less(step, n), b, 0))) : total,
    ]
  })
  return { state, cost }
}

/** tanh of the embedding in the first column; then `steps` times l CGRUs, dropout on the whole image after each step [KS16, §2, §3]. */
function original(
  g: Graph,
  { maps, width, layers, cutoff, initScale, answerSlope, copies }: NeuralGpuOptions,
  V: number,
  { symbols, mask, steps }: ModelInputs,
  settings: Settings,
  training: boolean,
): Built {
  const { keep, noise } = settings
  const embedded = conv(g, "input", oneHot(g, symbols, V), { channels: maps, kernel: [1, 1] })
  const first = g.map([embedded, mask], (x, m) => mul(m, select(equal(coordinate(1), 0), tanh(x), 0)), [
    "L",
    width,
    maps,
  ])
  const [state] = g.scan([first], ([s]) => {
    g.watch("state", () => s)
    let next = s
    for (let layer = 0; layer < layers; layer++)
      next = cgru(g, `cgru${layer}`, next, {
        kernel: kernelOf(width),
        cutoff,
        scale: initScale,
        copies,
        updateSlope: training ? 1 : answerSlope,
        noise: noise && { deviation: noise, stream: NOISE + 3 * layer },
      })
    return [
      g.map([next, s, mask, steps, keep, ...deviations(settings)], (a, b, m, n, k, ...d) =>
        select(less(step, n), mul(m, training ? dropout(shaken(a, d), k, STATE_DROPOUT) : a), b),
      ),
    ]
  })
  return { state, cost: g.mapExpr([], constant(0), [1, 1, 1]) }
}
