// Samples of map and sum: every operation of an expression as a tiny graph. The records are typed by the
// operations' names, so that a new operation without a sample does not compile.

import * as e from "../../src/core/expr.ts"
import type { Graph } from "../../src/core/graph.ts"
import { sum } from "../../src/core/map.ts"
import type { Node } from "../../src/core/op.ts"
import type { Shape } from "../../src/core/shape.ts"
import { type Samples, scaled } from "../samples.ts"

const image: Shape = ["L", 2, 3]
const positive = (x: e.Expr) => e.add(e.abs(x), 0.3)

const unary: Record<e.Unary, (x: e.Expr) => e.Expr> = {
  neg: e.neg,
  abs: e.abs,
  exp: e.exp,
  log: (x) => e.log(positive(x)),
  tanh: (x) => e.tanh(e.mul(x, 2)),
  sigmoid: (x) => e.sigmoid(e.mul(x, 4)),
  sqrt: (x) => e.sqrt(positive(x)),
}
const binary: Record<e.Binary, (x: e.Expr, y: e.Expr) => e.Expr> = {
  add: e.add,
  sub: e.sub,
  mul: e.mul,
  div: (x, y) => e.div(x, positive(y)),
  min: e.min,
  max: e.max,
  less: (x, y) => e.mul(e.less(x, y), x),
  // two clipped values are equal where both were clipped
  equal: (x, y) => e.mul(e.equal(e.relu(x), e.relu(y)), x),
}
const leaves: Record<"const" | "input" | "coordinate" | "step" | "random" | "select", (x: e.Expr) => e.Expr> = {
  const: (x) => e.sub(1, e.mul(x, 0.25)),
  input: (x) => x,
  coordinate: (x) => e.mul(x, e.add(e.coordinate(0), e.add(e.mul(e.coordinate(1), 10), e.mul(e.coordinate(2), 0.1)))),
  step: (x) => e.mul(x, e.add(e.step, 1)),
  random: (x) => e.mul(x, e.random(7)),
  select: (x) => e.select(e.less(x, 0), e.mul(x, x), e.mul(x, -3)),
}
const composed: Record<string, (x: e.Expr) => e.Expr> = {
  clip: (x) => e.clip(x, -0.5, 0.25),
  hardTanh: (x) => e.hardTanh(e.mul(x, 2)),
  hardSigmoid: (x) => e.hardSigmoid(e.mul(x, 3)),
  sigmoidCutoff: (x) => e.sigmoidCutoff(e.mul(x, 3)),
}

const each = <F>(expressions: Readonly<Record<string, F>>, sample: (g: Graph, f: F) => Node): Samples =>
  Object.fromEntries(Object.entries(expressions).map(([name, f]) => [name, (g: Graph) => sample(g, f)]))

const broadcasts: Readonly<Record<string, [shared: readonly number[], lane: Shape]>> = {
  "one number": [[1], ["L", 2, 3]],
  "a row": [[3], ["L", 2, 3]],
  "a column": [
    [2, 1],
    ["L", 2, 3],
  ],
  "a plane": [
    [2, 3],
    ["L", 2, 3],
  ],
  "both widen": [
    [1, 2, 3],
    ["L", 1, 1],
  ],
}

export const mapSamples: Samples = {
  ...each(unary, (g, f) => g.map([scaled(g, image)], f)),
  ...each(binary, (g, f) => g.map([scaled(g, image), scaled(g, image, "y")], f)),
  ...each(leaves, (g, f) => g.map([scaled(g, image)], f)),
  ...each(composed, (g, f) => g.map([scaled(g, image)], f)),
  ...each(broadcasts, (g, [shared, lane]) =>
    g.map([scaled(g, lane), g.parameter("p", shared, { uniform: 1 })], (x, p) => e.mul(e.add(x, p), p), image),
  ),
  "lane widens lane": (g) => g.map([scaled(g, image), scaled(g, [1, 2, 1], "y")], e.mul),
  "shared part read twice": (g) => {
    const x = g.map([scaled(g, image)], e.tanh)
    return g.map([x, g.map([x], (v) => e.mul(v, v))], (a, b) => e.mul(a, e.add(b, a)))
  },
}

export const sumSamples: Samples = {
  ...each<Shape>(
    { "to one number": [1], "over the length": [1, 2, 3], "over a row": ["L", 2, 1], "to a row": [3] },
    (g, to) => g.map([sum(g, scaled(g, image), to)], (x) => e.mul(x, x)),
  ),
  "of a map of two": (g) =>
    sum(
      g,
      g.map([scaled(g, image), scaled(g, image, "y")], (a, b) => e.mul(e.tanh(a), b)),
      ["L", 1, 3],
    ),
  "of a sum": (g) => sum(g, g.map([sum(g, scaled(g, image), ["L", 1, 3]), scaled(g, image, "y")], e.mul), [1, 1, 1]),
}
