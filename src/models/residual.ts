// A small residual net for images (pre-activation, He et al. 2016) with two places at which the image is made smaller: on the linear features of the
// first convolution, and after a residual block. How: DiffStride, spectral pooling, or convolutions with a stride. No normalisation.

import { must, whole } from "../core/checks.ts"
import { add, coordinate, equal, mul, neg, relu, select } from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { conv } from "../layers/conv.ts"
import { diffStride, spectralPooling } from "../layers/diffstride.ts"
import { linear } from "../layers/linear.ts"
import { everyOp } from "../ops/every.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import type { ModelFamily } from "./model.ts"

export interface ResidualOptions {
  readonly maps: number
  readonly pooling: "diffstride" | "spectral" | "strided"
  /** Of both places, along both axes: [[length, width], [length, width]]; with DiffStride how they begin. */
  readonly strides: readonly (readonly [number, number])[]
  /** Limits of a learnt stride. */
  readonly least: number
  readonly most: number
  /** One stride for both axes of a place. */
  readonly shared: boolean
  /** DiffStride's crops: null while training, which crops as little as the least stride asks; the learnt strides to use what was learnt. */
  readonly crop: readonly (readonly [number, number])[] | null
  /** What the sum over places of 1 / (S·S'), the cost of what follows, counts [Riad et al. 2022, §3.3]. */
  readonly costWeight: number
  readonly initScale: number
}

export const residualFamily: ModelFamily<"residual", ResidualOptions> = {
  name: "residual",
  summary: "a small residual net for images, made smaller by learnt strides (DiffStride)",
  defaults: {
    maps: 8,
    pooling: "diffstride",
    strides: [
      [2, 2],
      [2, 2],
    ],
    least: 1,
    most: 5,
    shared: false,
    crop: null,
    costWeight: 0,
    initScale: 1,
  },
  techniques: [],
  learns: ["images"],
  check(o) {
    const pairs = (x: unknown, least: number) =>
      Array.isArray(x) &&
      x.length === 2 &&
      x.every((p) => Array.isArray(p) && p.length === 2 && p.every((s) => s >= least))
    must("model.maps", o.maps, whole(o.maps, 1) && o.maps <= 256, "a whole number from 1 to 256")
    must(
      "model.pooling",
      o.pooling,
      ["diffstride", "spectral", "strided"].includes(o.pooling),
      "diffstride, spectral or strided",
    )
    must("model.strides", o.strides, pairs(o.strides, 1), "two pairs of numbers of at least 1")
    const fits = o.pooling !== "strided" || o.strides.flat().every((s) => whole(s, 1))
    must("model.strides", o.strides, fits, "whole numbers: a convolution has no other strides")
    must("model.least", o.least, o.least >= 1 && o.least < o.most, "a number from 1 up, below model.most")
    must("model.crop", o.crop, o.crop === null || pairs(o.crop, 1), "null, or two pairs of numbers of at least 1")
    must("model.costWeight", o.costWeight, o.costWeight >= 0, "a number of at least 0")
    must("model.initScale", o.initScale, o.initScale > 0, "a number above 0")
  },
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
        return g.create(everyOp, [x], { by: [length, width], size, back: false })
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
