// Scans: what their bodies may read, how often they run, and what is saved for backward.

import { describe, expect, it } from "vitest"
import { reference } from "../../src/backends/reference/index.ts"
import { add, mul, step, sub, tanh } from "../../src/core/expr.ts"
import { Graph } from "../../src/core/graph.ts"
import type { Node } from "../../src/core/op.ts"
import { conv } from "../../src/layers/conv.ts"
import { shiftOp } from "../../src/ops/shift.ts"
import { plan } from "../../src/plan/planner.ts"
import { conformance, once } from "../conformance.ts"
import { agree, candidates, compilingOnce, difference, options, planOf, randomBlock, sharedValues } from "../engine.ts"
import { checkGradients } from "../gradients.ts"
import type { Samples } from "../samples.ts"
import { scaled } from "../samples.ts"

const image = (g: Graph, name = "x") => scaled(g, ["L", 1, 3], name)
const parameter = (g: Graph, name: string) => g.parameter(name, [3], { uniform: 1 })
const cell = (g: Graph, name: string, s: Node) =>
  g.map([conv(g, name, s, { channels: 3, kernel: [3, 1], bias: 0.1 })], tanh)

const samples: Samples = {
  "one carry": (g) => g.scan([image(g)], ([s]) => [cell(g, "cell", s)])[0],
  "carries that change places": (g) => {
    const [a, b] = g.scan([image(g), image(g, "y")], ([a, b]) => [
      b,
      g.map([a, b], (a, b) => tanh(sub(a, mul(b, 0.5)))),
    ])
    return g.map([a, b], (a, b) => mul(add(a, 2), b))
  },
  "a carry that stays": (g) => {
    const [a, b] = g.scan([image(g), image(g, "y")], ([a, b]) => [g.map([a, b], (a, b) => tanh(add(a, b))), b])
    return g.map([a, b], mul)
  },
  "carries of several shapes": (g) => {
    const [image3, total] = g.scan([image(g), scaled(g, [1, 1, 1], "total")], ([s, t]) => {
      const next = cell(g, "cell", s)
      return [next, g.map([t, scaled(g, [1, 1, 1], "more")], (a, b) => tanh(add(mul(a, 0.5), b)))]
    })
    return g.map([image3, total], mul)
  },
  "one result is not used": (g) =>
    g.scan([image(g), image(g, "y")], ([a, b]) => [
      g.map([a, b], (a, b) => tanh(add(a, b))),
      g.map([b], (b) => mul(b, 0.9)),
    ])[0],
  "one tensor carried twice": (g) => {
    const [a, b] = g.scan([image(g), image(g, "y")], ([a, b]) => {
      const both = g.map([a, b, parameter(g, "p")], (a, b, p) => tanh(add(a, mul(b, p))))
      return [both, both]
    })
    return g.map([a, b], (a, b) => add(a, mul(b, 3)))
  },
  "reads a lane tensor from outside": (g) => {
    const outside = g.map([image(g, "outside")], tanh)
    return g.scan([image(g)], ([s]) => [g.map([cell(g, "cell", s), outside], (a, b) => add(mul(a, 0.5), b))])[0]
  },
  "reads a contraction from outside": (g) => {
    const outside = conv(g, "outside", image(g, "y"), { channels: 3, kernel: [3, 1] })
    return g.scan([image(g)], ([s]) => [g.map([s, outside], (a, b) => tanh(mul(a, b)))])[0]
  },
  "reads its own beginning from outside": (g) => {
    const first = image(g)
    return g.scan([first], ([s]) => [g.map([cell(g, "cell", s), first], (a, b) => tanh(add(a, b)))])[0]
  },
  "knows its step": (g) =>
    g.scan([image(g)], ([s]) => [g.map([s, parameter(g, "p")], (a, p) => tanh(add(a, mul(p, add(step, 1)))))])[0],
  "shifts and sums in the body": (g) =>
    g.scan([image(g)], ([s]) => {
      const moved = g.create(shiftOp, [s], { by: 1 })
      return [g.map([moved, s, parameter(g, "p")], (a, b, p) => tanh(add(mul(a, p), b)))]
    })[0],
  "one after the other": (g) => {
    const [first] = g.scan([image(g)], ([s]) => [cell(g, "one", s)])
    return g.scan([first], ([s]) => [g.map([cell(g, "two", s), first], add)])[0]
  },
  "two of one beginning": (g) => {
    const first = image(g)
    const [a] = g.scan([first], ([s]) => [cell(g, "one", s)])
    const [b] = g.scan([first], ([s]) => [g.map([s, parameter(g, "p")], (x, p) => tanh(mul(x, p)))])
    return g.map([a, b], mul)
  },
}

// all tests run the same two programs, compiled once
const backends = candidates.map(compilingOnce)
/** Twenty steps of a cell let rounding grow: ten times what one op is allowed. */
const stored = conformance({ scan: samples }, { tolerance: 5e-5, backends })
const plans = {
  store: stored,
  recompute: once(() => plan(stored().graph, { ...stored().options, memory: "recompute" })),
}

describe("scan", () => {
  for (const [name, sample] of Object.entries(samples))
    it(`${name}: gradients with 0, 1, 2 and 5 steps`, () => {
      for (const steps of [0, 1, 2, 5]) checkGradients(planOf({ [name]: sample }), { length: 3, steps, lanes: [3] })
    })

  for (const backend of backends)
    it(`${backend.name}: step counts that are not the length, recomputed or stored`, async () => {
      for (const memory of ["store", "recompute"] as const) {
        const p = plans[memory]()
        const program = await backend.create(2).compile(p)
        for (const steps of [0, 1, 2, 9]) await agree(p, program, [randomBlock(p, 4, steps)], 2e-5)
      }
    })

  for (const backend of backends)
    it(`${backend.name}: storing and recomputing give the same ${backend.name === "webgpu" ? "within 1e-6" : "bits"}`, async () => {
      const results = []
      for (const memory of ["store", "recompute"] as const) {
        const p = plans[memory]()
        const program = await backend.create(2).compile(p)
        results.push((await program.run(sharedValues(p), [randomBlock(p, 5, 4)], options)).gradient.slice())
      }
      // when it saves states, webgpu sums filter gradients over all steps at once (backends/webgpu, planFor),
      // in another order
      if (backend.name === "webgpu") expect(difference(results[0], results[1])).toBeLessThan(1e-6)
      else expect(results[0]).toEqual(results[1])
    })

  it("with no steps hands out what it began with", async () => {
    const p = planOf({ one: samples["one carry"], first: (g) => image(g) })
    const shared = sharedValues(p)
    const { outputs } = await (await reference.compile(p)).run(shared, [randomBlock(p, 3, 0)], options)
    const scale = p.shared.find((t) => t.name === "one: x scale")
    const x = randomBlock(p, 3, 0).inputs["one: x"]
    expect(outputs[0].one[17]).toBeCloseTo(x[17] * shared[(scale?.offset ?? 0) + 1], 6)
  })

  it("refuses to stand in another scan's body", () => {
    const g = new Graph()
    const nested = () => g.scan([g.lane("x", ["L", 1, 3])], ([s]) => g.scan([s], ([t]) => [t]))
    expect(nested).toThrow("scan: a scan inside another scan's body is not built; put them one after the other")
  })

  it("refuses a carry that changes its shape", () => {
    const g = new Graph()
    expect(() => g.scan([g.lane("x", ["L", 1, 3])], () => [g.lane("y", ["L", 1, 4])])).toThrow(
      "scan: carry 0 begins as [L, 1, 3] and becomes [L, 1, 4]",
    )
  })
})
