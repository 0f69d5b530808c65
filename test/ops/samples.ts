// Samples of every op: small graphs for gradient and backend checks, each of which returns the lane node to
// test. Node and the browser test the same ones.

import { add, constant, type Expr, less, mul } from "../../src/core/expr.ts"
import type { Graph } from "../../src/core/graph.ts"
import type { Shape } from "../../src/core/shape.ts"
import { argmaxOneHotOp } from "../../src/ops/argmax-one-hot.ts"
import { circularConvOp } from "../../src/ops/circular-conv.ts"
import { convOp } from "../../src/ops/conv.ts"
import { gatherRowOp } from "../../src/ops/gather-row.ts"
import { logSoftmaxOp } from "../../src/ops/log-softmax.ts"
import { maskedSoftmaxOp } from "../../src/ops/masked-softmax.ts"
import { rfftOp } from "../../src/ops/rfft.ts"
import { selectCopyOp } from "../../src/ops/select-copy.ts"
import { shiftOp } from "../../src/ops/shift.ts"
import { stridedSliceOp } from "../../src/ops/strided-slice.ts"
import { type Samples, scaled } from "../samples.ts"
import { mapSamples, sumSamples } from "./map-samples.ts"

const scores = (g: Graph, shape: Shape, most: number) => g.map([scaled(g, shape)], (x) => add(mul(x, 2), most))
const some = (g: Graph, shape: Shape, mask: (x: Expr) => Expr) => g.map([g.lane("mask", shape)], mask)

export const opSamples: Readonly<Record<string, Samples>> = {
  map: mapSamples,
  sum: sumSamples,
  circular: {
    "three shifts": (g) => g.create(circularConvOp, [scaled(g, [5, 1, 1]), scaled(g, [1, 1, 3], "s")], { back: false }),
    "as many shifts as places, back": (g) =>
      g.create(circularConvOp, [scaled(g, [5, 1, 1]), scaled(g, [1, 1, 5], "s")], { back: true }),
    "one shift": (g) => g.create(circularConvOp, [scaled(g, [2, 1, 1]), scaled(g, [1, 1, 1], "s")], { back: false }),
  },
  conv: {
    "one dimension": (g) =>
      g.create(convOp, [scaled(g, ["L", 1, 5]), g.parameter("w", [3, 1, 5, 7], { uniform: 1 })], { transposed: false }),
    "two dimensions": (g) =>
      g.create(convOp, [scaled(g, ["L", 4, 3]), g.parameter("w", [3, 3, 3, 4], { uniform: 1 })], { transposed: false }),
    transposed: (g) =>
      g.create(convOp, [scaled(g, ["L", 2, 4]), g.parameter("w", [5, 3, 3, 4], { uniform: 1 })], { transposed: true }),
    "no neighbors": (g) =>
      g.create(convOp, [scaled(g, ["L", 1, 2]), g.parameter("w", [1, 1, 2, 3], { uniform: 1 })], { transposed: false }),
    "copies of the kernel, by turns": (g) => {
      const w = g.parameter("w", [2, 3, 3, 3, 3], { uniform: 1 })
      const [sum] = g.scan([scaled(g, ["L", 2, 3])], ([s]) => [g.create(convOp, [s, w], { transposed: false })])
      return sum
    },
    "with a summand": (g) =>
      g.create(
        convOp,
        [scaled(g, ["L", 1, 2]), g.parameter("w", [3, 1, 2, 3], { uniform: 1 }), scaled(g, ["L", 1, 3], "added")],
        { transposed: false },
      ),
  },
  copy: {
    "by turns": (g) => {
      const b = g.parameter("b", [3, 4], { uniform: 1 })
      const [sum] = g.scan([scaled(g, [1, 1, 4])], ([s]) => [g.map([s, g.create(selectCopyOp, [b], {})], add)])
      return sum
    },
  },
  every: {
    "by 2 and 3": (g) => g.create(stridedSliceOp, [scaled(g, [5, 6, 2])], { by: [2, 3], size: [5, 6], back: false }),
    back: (g) => g.create(stridedSliceOp, [scaled(g, [3, 2, 2])], { by: [2, 3], size: [5, 6], back: true }),
  },
  largest: {
    "times what it was chosen from": (g) => {
      const x = scaled(g, ["L", 1, 5])
      return g.map([g.create(argmaxOneHotOp, [x], {}), x], mul)
    },
    "among equals": (g) => {
      const [x, y] = [scaled(g, ["L", 2, 1]), g.parameter("y", [3], { uniform: 1 })]
      return g.map([g.create(argmaxOneHotOp, [g.map([x], (a) => a, ["L", 2, 3])], {}), x, y], (a, b, c) =>
        mul(mul(a, b), c),
      )
    },
  },
  logSoftmax: {
    "five symbols": (g) => g.create(logSoftmaxOp, [scaled(g, ["L", 1, 5])], {}),
  },
  placeSoftmax: {
    "places left out": (g) =>
      g.create(maskedSoftmaxOp, [scores(g, ["L", 1, 1], 0), some(g, ["L", 1, 1], (x) => less(-0.3, x))], {}),
    "scores whose exponentials overflow": (g) =>
      g.create(maskedSoftmaxOp, [scores(g, [5, 1, 1], 96), some(g, [5, 1, 1], () => constant(1))], {}),
    "no place at all": (g) =>
      g.create(maskedSoftmaxOp, [scores(g, [3, 1, 1], 0), some(g, [3, 1, 1], () => constant(0))], {}),
  },
  rfft: {
    "size 12, along the length": (g) =>
      g.create(rfftOp, [scaled(g, [12, 2, 2])], { axis: 0, n: 12, keep: 12, back: false }),
    "size 10 to 6, along the width": (g) =>
      g.create(rfftOp, [scaled(g, [2, 10, 2])], { axis: 1, n: 10, keep: 6, back: false }),
    "back from 4 to 14": (g) => g.create(rfftOp, [scaled(g, [4, 1, 3])], { axis: 0, n: 14, keep: 4, back: true }),
    "size 2": (g) => g.create(rfftOp, [scaled(g, [2, 1, 1])], { axis: 0, n: 2, keep: 2, back: false }),
  },
  row: {
    "outside a scan": (g) => g.create(gatherRowOp, [scaled(g, ["L", 2, 3])], {}),
    "read by a scan, beyond the end too": (g) => {
      const x = scaled(g, [3, 1, 2])
      const [sum] = g.scan([g.zeros([1, 1, 2])], ([s]) => [
        g.map([s, g.create(gatherRowOp, [x], {})], (a, b) => add(mul(a, 0.9), b)),
      ])
      return sum
    },
  },
  shift: {
    "seven channels": (g) => g.create(shiftOp, [scaled(g, ["L", 2, 7])], { by: 1 }),
    "all, towards the end": (g) => g.create(shiftOp, [scaled(g, ["L", 1, 2])], { by: 1, all: true }),
    "all, towards the beginning": (g) => g.create(shiftOp, [scaled(g, [4, 1, 3])], { by: -1, all: true }),
  },
}
