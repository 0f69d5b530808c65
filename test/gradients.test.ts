// The gradient checker is tested: it must find planted wrong gradients.

import { describe, expect, it } from "vitest"
import { mul } from "../src/core/expr.ts"
import type { Graph } from "../src/core/graph.ts"
import type { Node, Op } from "../src/core/op.ts"
import { convOp } from "../src/ops/conv.ts"
import { planOf } from "./engine.ts"
import { checkGradients } from "./gradients.ts"
import { scaled } from "./samples.ts"

const check = (build: (g: Graph) => Node) => () => checkGradients(planOf({ planted: build }), { length: 3 })

/** x², with a gradient rule that returns `factor`·x. */
const square = (factor: number): Op<Record<never, never>> => ({
  name: "square",
  shape: ([x]) => x.shape,
  gradient: (g, node, adjoint) => [g.map([node.inputs[0], adjoint], (x, d) => mul(mul(x, factor), d))],
  reference: (_, [x]) => x.map((v) => v * v),
})

describe("the gradient checker", () => {
  it("passes a right gradient", () => {
    expect(check((g) => g.create(square(2), [scaled(g, ["L", 1, 2])], {}))).not.toThrow()
  })
  it("finds a gradient that is wrong by one in a thousand", () => {
    expect(check((g) => g.create(square(2.002), [scaled(g, ["L", 1, 2])], {}))).toThrow(/planted: x scale\[\d\]/)
  })
  it("finds a convolution whose gradient forgets to turn the kernel round", () => {
    const wrong: typeof convOp = {
      ...convOp,
      gradient: (g, node, adjoint) => [
        g.create(convOp, [adjoint, node.inputs[1]], { transposed: node.attributes.transposed }),
        convOp.gradient(g, node, adjoint)[1],
      ],
    }
    const w = (g: Graph) => g.parameter("w", [3, 1, 2, 2], { uniform: 1 })
    expect(check((g) => g.create(convOp, [scaled(g, ["L", 1, 2]), w(g)], { transposed: false }))).not.toThrow()
    expect(check((g) => g.create(wrong, [scaled(g, ["L", 1, 2]), w(g)], { transposed: false }))).toThrow(/x scale/)
  })
  it("finds a gradient that is missing", () => {
    const wrong = { ...square(2), gradient: () => [undefined] }
    expect(check((g) => g.create(wrong, [scaled(g, ["L", 1, 2])], {}))).toThrow(/got 0, expected/)
  })
  it("finds a gradient that is not a number", () => {
    expect(check((g) => g.create(square(Number.NaN), [scaled(g, ["L", 1, 2])], {}))).toThrow(/got NaN/)
  })
})
