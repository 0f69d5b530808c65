// The Neural GPU. Its state is an image [L, W, M] that starts as the embedded question. A few small
// convolutional recurrent layers rewrite it once per symbol of the question; the first column then holds the
// answer. Form "original" is that of [KS16], form "diagonal" that of [DNGPU].

import { add, constant, coordinate, equal, hardTanh, less, mul, select, step, tanh } from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { cgru } from "../layers/cgru.ts"
import { conv } from "../layers/conv.ts"
import { dcgru, SATURATION_LIMIT, saturation } from "../layers/dcgru.ts"
import { dropout, keepAtLength } from "../layers/dropout.ts"
import { oneHot } from "../layers/embedding.ts"
import { choice, defaultsOf, MOST_SIZE, number, refused, type ValuesOf, whole } from "../schema/index.ts"
import {
  type BuildOptions,
  initScaleField,
  layersField,
  type ModelFamily,
  type ModelInputs,
  type ModelOutputs,
  modelInputs,
  type Signature,
  symbolsOf,
} from "./model.ts"
import { answerOfColumn } from "./over-image.ts"

const fields = {
  form: choice(["diagonal", "original"], "diagonal", "The cell: diagonal [DNGPU] or original [KS16].", {
    flag: "--form <form>",
    source: "DNGPU",
  }),
  // With 24 maps fewer models fail beyond the trained sizes than with 48 (docs/log.md).
  maps: whole(24, "Channels of the state, m.", { min: 1, max: 512, flag: "--maps <n>", source: "KS16 §4" }),
  width: whole(1, "Columns of the state, w.", { min: 1, max: 16, flag: "--width <n>", source: "DNGPU" }),
  layers: layersField(1, "DNGPU"),
  cutoff: number(1.2, "Stretch of the gates, which then reach 0 and 1; 1 is a plain sigmoid. Original form only.", {
    min: 1,
    below: 10,
    source: "KS16 §3",
  }),
  initScale: initScaleField,
  extraSteps: whole(0, "Steps beyond the question's length; training takes a random number of them.", {
    min: 0,
    max: MOST_SIZE,
  }),
  stepsPerPlace: number(1, "Steps of an answer for each place of the question, beside the extra steps.", {
    min: 1,
    max: 8,
    source: "KS16 §2",
  }),
  copies: whole(1, "Copies of the cells' parameters, r: step t uses number t mod r (parameter-sharing relaxation).", {
    min: 1,
    max: 64,
    source: "KS16 §3",
  }),
}
export type NeuralGpuOptions = ValuesOf<typeof fields>

/** The options of each form in its paper. */
export const neuralGpuForms: Readonly<Record<NeuralGpuOptions["form"], NeuralGpuOptions>> = {
  // w = 4, m = 24, l = 2 [KS16 §4]
  original: { ...defaultsOf(fields), form: "original", maps: 24, width: 4, layers: 2 },
  // m = 48 for addition, one layer, one column [DNGPU code]
  diagonal: { ...defaultsOf(fields), form: "diagonal", maps: 48 },
}

/** Kernel size along length and width; a single column needs none along the width. */
const kernelOf = (width: number): [number, number] => [3, width === 1 ? 1 : 3]

/** Random streams of dropout and noise. */
const INPUT_DROPOUT = 1
const STATE_DROPOUT = 2
const NOISE = 16

export const neuralGpuFamily: ModelFamily<NeuralGpuOptions, typeof fields> = {
  summary: "a convolutional gated cell that rewrites an image once per symbol of the question",
  fields,
  // only the diagonal form has hard non-linearities
  techniques: ({ form }) => (form === "diagonal" ? ["dropout", "noise", "saturation"] : ["dropout", "noise"]),
  learns: ["symbols"],
  check({ form, cutoff }) {
    if (form === "diagonal" && cutoff !== fields.cutoff.default)
      throw refused("model.cutoff", cutoff, `${fields.cutoff.default}: the diagonal form has no cutoff`)
  },
  // 0.01 · 48 / maps [DNGPU code]
  learningRate: ({ maps }) => 0.48 / maps,
  build: neuralGpu,
  steps: (_, length) => length,
  extraSteps: ({ extraSteps }) => extraSteps,
  answerSteps: ({ extraSteps, stepsPerPlace }, length) => extraSteps + Math.ceil((stepsPerPlace - 1) * length),
}

/**
 * Builds the graph for V symbols. With `training` it includes dropout (setting "keep") and the saturation
 * cost.
 */
export function neuralGpu(
  options: NeuralGpuOptions,
  signature: Signature,
  { training, noise, dropoutByLength }: BuildOptions,
): { graph: Graph; outputs: ModelOutputs } {
  const V = symbolsOf(signature)
  const g = new Graph()
  const inputs = modelInputs(g)
  const keep = g.setting("keep", 1)
  const settings: Settings = {
    keep: dropoutByLength && training ? keepAtLength(g, keep, inputs.steps) : keep,
    limit: g.setting("saturation limit", SATURATION_LIMIT),
    noise: noise && training ? g.setting("noise", 0) : undefined,
  }
  const saturationWeight = g.setting("saturation weight", 0)
  const { state, cost } =
    options.form === "diagonal"
      ? diagonal(g, options, V, inputs, settings, training)
      : original(g, options, V, inputs, settings, training)

  const column =
    options.width === 1
      ? state
      : sum(
          g,
          g.map([state], (s) => select(equal(coordinate(1), 0), s, 0)),
          ["L", 1, options.maps],
        )
  const { logits, error } = answerOfColumn(g, column, V, inputs)
  const scaled = g.map([cost, inputs.scale], mul)
  const loss = g.map([error, scaled, saturationWeight], (e, c, w) => add(e, mul(w, c)))
  return { graph: g, outputs: { logits, error, cost: scaled, loss } }
}

type Built = { state: Node; cost: Node }
type Settings = { keep: Node; limit: Node; noise: Node | undefined }

/** One-hot → 1x1 conv → hard tanh → dropout; then `steps` steps of the diagonal CGRUs [DNGPU code]. */
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
  // The input layer's saturation cost is counted once per step [DNGPU code].
  const begin = g.map([saturation(g, embedded, mask, limit), steps], mul)
  const [state, cost] = g.scan([first, training ? begin : g.zeros([1, 1, 1])], ([s, total]) => {
    g.tap("state", "memory", () => s)
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
      g.map([next, s, steps], (a, b, n) => select(less(step, n), a, b)),
      training ? g.map([total, more as Node, steps], (a, b, n) => add(a, select(less(step, n), b, 0))) : total,
    ]
  })
  return { state, cost }
}

/**
 * tanh of the embedding in the first column; then `steps` steps of l CGRUs, with dropout on the whole image
 * after each step [KS16 §2, §3].
 */
function original(
  g: Graph,
  { maps, width, layers, cutoff, initScale, copies }: NeuralGpuOptions,
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
    g.tap("state", "memory", () => s)
    let next = s
    for (let layer = 0; layer < layers; layer++)
      next = cgru(g, `cgru${layer}`, next, {
        kernel: kernelOf(width),
        cutoff,
        scale: initScale,
        copies,
        noise: noise && { deviation: noise, stream: NOISE + 3 * layer },
      })
    return [
      g.map([next, s, mask, steps, keep], (a, b, m, n, k) =>
        select(less(step, n), mul(m, training ? dropout(a, k, STATE_DROPOUT) : a), b),
      ),
    ]
  })
  return { state, cost: g.mapExpr([], constant(0), [1, 1, 1]) }
}
