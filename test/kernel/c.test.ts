// Snapshot of the C code of one convolution, for reviewers of the renderer or the register tiles.

import { expect, it } from "vitest"
import { renderC } from "../../src/backends/native/program.ts"
import { Graph } from "../../src/core/graph.ts"
import { convOp } from "../../src/ops/conv.ts"
import { plan } from "../../src/plan/planner.ts"

it("the C of a convolution of two channels to two", async () => {
  const g = new Graph()
  const inputs = [g.lane("x", ["L", 1, 2]), g.parameter("w", [3, 1, 2, 2], { uniform: 1 })]
  const y = g.create(convOp, inputs, { transposed: false })
  const source = renderC(plan(g, { outputs: { y } }), { registers: 16 })
  const kernel = source.slice(source.indexOf("static void kernel0"), source.indexOf("static void program"))
  await expect(kernel).toMatchFileSnapshot("conv.c.txt")
})
