// Cells, the stages of addressing, reading and writing against PyTorch: output and every gradient.
// The numbers come from scripts/golden_layers.py, in float64.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { reference } from "../../src/backends/reference/index.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { add, mul } from "../../src/core/expr.ts"
import type { Graph } from "../../src/core/graph.ts"
import { LANES } from "../../src/core/lanes.ts"
import { sum } from "../../src/core/map.ts"
import type { Node } from "../../src/core/op.ts"
import { diffStride } from "../../src/layers/diffstride.ts"
import { gru } from "../../src/layers/gru.ts"
import { lstm } from "../../src/layers/lstm.ts"
import {
  address,
  contentWeights,
  interpolate,
  readMemory,
  sharpen,
  shiftWeights,
  writeMemory,
} from "../../src/layers/ntm.ts"
import { rnn } from "../../src/layers/rnn.ts"
import { plan } from "../../src/plan/planner.ts"
import { type Candidate, difference, SampleGraph } from "../engine.ts"

interface Case {
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>
  readonly projection: readonly number[]
  readonly output: readonly number[]
  readonly gradients: Readonly<Record<string, readonly number[]>>
}
const { cases } = JSON.parse(readFileSync(new URL("layers.json", import.meta.url), "utf8")) as {
  cases: Readonly<Record<string, Case>>
}

/** The computation of each case; `x` returns the inputs that are not the layer's own parameters. */
const layers: Readonly<Record<string, (g: Graph, x: (name: string) => Node) => Node>> = {
  "rnn, tanh": (g, x) => rnn(g, "rnn", { input: x("x") }, x("h"), { activation: "tanh" }),
  "rnn, sigmoid": (g, x) => rnn(g, "rnn", { input: x("x") }, x("h"), { activation: "sigmoid" }),
  gru: (g, x) => gru(g, "gru", { input: x("x") }, x("h")),
  "lstm, h": (g, x) => lstm(g, "lstm", { input: x("x") }, { h: x("h"), c: x("c") }).h,
  "lstm, c": (g, x) => lstm(g, "lstm", { input: x("x") }, { h: x("h"), c: x("c") }).c,
  content: (g, x) => contentWeights(g, x("memory"), x("key"), x("strength")),
  interpolate: (g, x) => interpolate(g, x("content"), x("before"), x("gate")),
  "shift, 3": (g, x) => shiftWeights(g, x("weights"), x("shifts")),
  "shift, 5": (g, x) => shiftWeights(g, x("weights"), x("shifts")),
  sharpen: (g, x) => sharpen(g, x("weights"), x("gamma")),
  head: (g, x) =>
    address(g, x("memory"), x("before"), {
      key: x("key"),
      strength: x("strength"),
      gate: x("gate"),
      shifts: x("shifts"),
      gamma: x("gamma"),
    }),
  read: (g, x) => readMemory(g, x("memory"), x("weights")),
  diffstride: (g, x) =>
    diffStride(g, "pool", x("x"), { stride: [2, 2], crop: [1.25, 1.25], least: 1, most: 5, smoothness: 2 }).out,
  write: (g, x) =>
    writeMemory(
      g,
      x("memory"),
      ["a", "b"].map((name) => ({ weights: x(`${name} weights`), erase: x(`${name} erase`), add: x(`${name} add`) })),
    ),
}

/**
 * Largest difference from PyTorch's float64, in units of max(1, the tensor's largest number). It covers the
 * small constants under root and logarithm.
 */
const TOLERANCE = 3e-6

/** Only the reference is tested here; layers/conformance.test.ts compares every other backend with it. */
const backends: Candidate[] = [
  { name: "reference", create: () => reference },
  { name: "wasm", create: wasm },
]

it("every case of the file is computed here", () =>
  expect(Object.keys(layers).sort()).toEqual(Object.keys(cases).sort()))

// one graph for all cases, so that each backend compiles once
const g = new SampleGraph()
const outputs: Record<string, Node> = {}
const losses = Object.entries(layers).map(([name, layer]) => {
  g.prefix = `${name}: `
  const out = layer(g, (input) => {
    const { shape } = cases[name].inputs[input]
    return g.map([g.parameter(input, shape, { constant: 0 })], (x) => x, shape)
  })
  outputs[name] = out
  return sum(g, g.map([out, g.lane("projection", out.shape)], mul), [1])
})
const p = plan(g, { outputs, loss: losses.reduce((a, b) => g.map([a, b], add)) })

describe.each(backends)("on $name", ({ create }) => {
  it("outputs and gradients are PyTorch's", async () => {
    const program = await create(1).compile(p)
    const shared = new Float32Array(p.sharedSize)
    const expected = new Map(
      Object.entries(cases).flatMap(([name, { inputs, gradients }]) =>
        Object.keys(inputs).map((input) => [`${name}: ${input}`, { ...inputs[input], gradient: gradients[input] }]),
      ),
    )
    expect(p.shared.map((t) => t.name).sort()).toEqual([...expected.keys()].sort())
    for (const t of p.shared) shared.set(expected.get(t.name)?.values ?? [], t.offset)
    const inputs = Object.fromEntries(
      Object.entries(cases).map(([name, { projection }]) => {
        const lanes = new Float32Array(projection.length * LANES)
        for (const [i, x] of projection.entries()) lanes[i * LANES] = x // the first lane only
        return [`${name}: projection`, lanes]
      }),
    )
    const block = { length: 1, steps: 1, firstExample: 0, inputs }
    const result = await program.run(shared, [block], { seed: 0, trainStep: 0 })
    for (const [name, { output }] of Object.entries(cases)) {
      const got = Float32Array.from(output, (_, i) => result.outputs[0][name][i * LANES])
      expect(difference(got, output), name).toBeLessThan(TOLERANCE)
    }
    for (const t of p.shared)
      expect(
        difference(result.gradient.subarray(t.offset, t.offset + t.size), expected.get(t.name)?.gradient ?? []),
        `gradient of ${t.name}`,
      ).toBeLessThan(TOLERANCE)
    await program.dispose()
  })
})
