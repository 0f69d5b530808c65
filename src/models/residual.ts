// A small residual network for images (pre-activation, He et al. 2016), without normalization. It downsamples
// twice: after the first convolution, and after a residual block. The downsampling is DiffStride, spectral
// pooling, or a strided convolution.

import * as v from "valibot"
import { add, coordinate, equal, mul, neg, relu, select } from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { conv } from "../layers/conv.ts"
import { diffStride, spectralPooling } from "../layers/diffstride.ts"
import { linear } from "../layers/linear.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import { stridedSliceOp } from "../ops/strided-slice.ts"
import { choice, custom, number, refused, type ValuesOf, whole, yesNo } from "../schema/index.ts"
import { initScaleField, type ModelFamily, plain } from "./model.ts"

type Pair = [number, number]
const pairs = v.tuple([v.tuple([v.number(), v.number()]), v.tuple([v.number(), v.number()])])

const fields = {
  maps: whole(8, "Channels.", { min: 1, max: 256, flag: "--maps <n>" }),
  pooling: choice(["diffstride", "spectral", "strided"], "diffstride", "How the image is made smaller.", {
    source: "Riad et al. 2022",
  }),
  strides: custom<[Pair, Pair]>(
    pairs,
    "two pairs of numbers of at least 1",
    [
      [2, 2],
      [2, 2],
    ],
    "Strides at both places, [[length, width], [length, width]]; with DiffStride where they begin.",
    {},
  ),
  least: number(1, "The least that a learned stride becomes.", { min: 1 }),
  most: number(5, "The most that a learned stride becomes.", { min: 1 }),
  shared: yesNo(false, "Whether both axes of a place have one stride.", { source: "Riad et al. 2022" }),
  crop: custom<[Pair, Pair] | null>(
    v.nullable(pairs),
    "null, or two pairs of numbers of at least 1",
    null,
    "DiffStride's crops; null while training, which crops as little as the least stride asks.",
  ),
  costWeight: number(0, "Weight of the sum over places of 1 / (S·S'), the cost of what follows.", {
    min: 0,
    source: "Riad et al. 2022 §3.3",
  }),
  initScale: initScaleField,
}
export type ResidualOptions = ValuesOf<typeof fields>

export const residual: ModelFamily<ResidualOptions, typeof fields> = {
  ...plain,
  summary: "a small residual network for images, which downsamples by learned strides (DiffStride)",
  fields,
  techniques: () => [],
  learns: ["images"],
  check({ pooling, strides, crop, least, most }) {
    const atLeast1 = (pairs: readonly Pair[]) => pairs.flat().every((s) => s >= 1)
    if (!atLeast1(strides)) throw refused("model.strides", strides, fields.strides.expected)
    if (pooling === "strided" && !strides.flat().every(Number.isInteger))
      throw refused("model.strides", strides, "whole numbers, as a convolution needs")
    if (least >= most) throw refused("model.least", least, `a number below model.most, ${most}`)
    if (crop && !atLeast1(crop)) throw refused("model.crop", crop, fields.crop.expected)
  },
  learningRate: () => 0.01,
  build(options, signature) {
    if (signature.kind !== "images") throw new Error("residual: expected images")
    const { height, width, channels, classes } = signature
    const { maps, initScale } = options
    const g = new Graph()
    const [image, target, weight] = [
      g.lane("image", [height, width, channels]),
      g.lane("target", [1, 1, 1]),
      g.lane("weight", [1, 1, 1]),
    ]
    const filter = (name: string, x: Node) => conv(g, name, x, { channels: maps, kernel: [3, 3], scale: initScale })
    const active = (x: Node) => g.map([x], relu)
    const block = (name: string, x: Node) =>
      g.map([x, filter(`${name}/second`, active(filter(`${name}/first`, active(x))))], add)
    const costs: Node[] = []
    const smaller = (index: number, x: Node): Node => {
      const [length, width] = options.strides[index]
      if (options.pooling === "spectral") return spectralPooling(g, x, [length, width])
      if (options.pooling === "strided") {
        const size: [number, number] = [x.shape[0] as number, x.shape[1] as number]
        return g.create(stridedSliceOp, [x], { by: [length, width], size, back: false })
      }
      const { least, most, shared } = options
      const crop = options.crop?.[index] ?? [least, least]
      const pooled = diffStride(g, `pool${index}`, x, { stride: [length, width], crop, least, most, shared })
      costs.push(pooled.cost)
      return pooled.out
    }
    const features = block("block0", smaller(0, filter("stem", image)))
    const last = block("block1", smaller(1, features))
    const places = (last.shape[0] as number) * (last.shape[1] as number)
    const mean = g.map([sum(g, active(last), [1, 1, maps])], (x) => mul(x, 1 / places))
    const logits = g.create(logSoftmaxOp, [linear(g, "output", { mean }, { channels: classes })], {})
    const error = sum(
      g,
      g.map([logits, target, weight], (p, t, w) => mul(w, select(equal(t, coordinate(2)), neg(p), 0))),
      [1, 1, 1],
    )
    const cost =
      costs.length > 0 ? g.map([costs[0], costs[1], weight], (a, b, w) => mul(w, add(a, b))) : g.zeros([1, 1, 1])
    const loss = g.map([error, cost], (e, c) => add(e, mul(c, options.costWeight)))
    return { graph: g, outputs: { logits, error, cost, loss } }
  },
  steps: () => 1,
}
