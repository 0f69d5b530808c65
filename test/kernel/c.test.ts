// The C of one convolution, as reviewers see it: a change of the renderer or of the register tiles shows here.

import { expect, it } from "vitest"
import { Graph } from "../../src/core/graph.ts"
import { plan } from "../../src/core/plan.ts"
import { renderC } from "../../src/kernel/c.ts"
import { convOp } from "../../src/ops/conv.ts"

it("the C of a convolution of two channels to two", async () => {
  const g = new Graph()
  const inputs = [g.lane("x", ["L", 1, 2]), g.parameter("w", [3, 1, 2, 2], { uniform: 1 })]
  const y = g.create(convOp, inputs, { transposed: false })
  const source = renderC(plan(g, { outputs: { y } }), { registers: 16 })
  const kernel = source.slice(source.indexOf("static void kernel0"), source.indexOf("static void program"))
  await expect(kernel).toMatchFileSnapshot("conv.c.txt")
})
