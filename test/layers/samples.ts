// Samples of every layer: one entry per file of src/layers. Node and the browser test the same ones.

import { add, div, less, mul, sigmoid, softplus } from "../../src/core/expr.ts"
import type { Graph } from "../../src/core/graph.ts"
import { sum } from "../../src/core/map.ts"
import type { Node } from "../../src/core/op.ts"
import type { Shape } from "../../src/core/shape.ts"
import { attend, attended } from "../../src/layers/attention.ts"
import { cgru } from "../../src/layers/cgru.ts"
import { conv } from "../../src/layers/conv.ts"
import { dcgru } from "../../src/layers/dcgru.ts"
import { diffStride, spectralPooling, spectralUpsampling } from "../../src/layers/diffstride.ts"
import { dropout } from "../../src/layers/dropout.ts"
import { oneHot } from "../../src/layers/embedding.ts"
import { gru } from "../../src/layers/gru.ts"
import { linear } from "../../src/layers/linear.ts"
import { lstm } from "../../src/layers/lstm.ts"
import { noisy } from "../../src/layers/noise.ts"
import { address, readMemory, writeMemory } from "../../src/layers/ntm.ts"
import { rnn } from "../../src/layers/rnn.ts"
import { moveStacks, stackActions, tops } from "../../src/layers/stack.ts"
import { mask, type Samples, scaled } from "../samples.ts"

const image = (g: Graph, shape: Shape = ["L", 2, 4]) => scaled(g, shape)
const diagonal = (g: Graph, shape: Shape, kernel: [number, number], drop: boolean) =>
  dcgru(g, "dcgru", image(g, shape), mask(g), {
    kernel,
    scale: 1.5,
    keep: g.setting("keep", 0.6),
    dropout: drop ? (c, keep) => dropout(c, keep, 11) : undefined,
  })

const vector = (g: Graph, channels: number, name?: string) => scaled(g, [1, 1, channels], name)

/** One head on a memory of four slots of three numbers. */
const ntmHead = (g: Graph) => {
  const positive = (name: string, more: number) => g.map([scaled(g, [1, 1, 1], name)], (x) => add(softplus(x), more))
  const total = (x: Node) => sum(g, x, [1, 1, 1])
  const share = (x: Node) => g.map([x, total(x)], div)
  return address(g, scaled(g, [4, 1, 3], "slots"), share(g.map([scaled(g, [4, 1, 1], "before")], sigmoid)), {
    key: vector(g, 3, "key"),
    strength: positive("strength", 0),
    gate: g.map([scaled(g, [1, 1, 1], "gate")], sigmoid),
    shifts: share(g.map([vector(g, 3, "shifts")], sigmoid)),
    gamma: positive("gamma", 1),
  })
}

/** Four numbers per place, compared by three; some places are masked. */
const looking = (g: Graph) =>
  attend(g, "attention", attended(g, "attention", scaled(g, ["L", 1, 4]), mask(g), 3), vector(g, 2, "query"))

export const layers: Readonly<Record<string, Samples>> = {
  attention: { read: (g) => looking(g).read, weights: (g) => looking(g).weights },
  cgru: {
    "gate cutoff": (g) => cgru(g, "cgru", image(g), { kernel: [3, 3], cutoff: 1.2, scale: 1.5 }),
    "plain gates": (g) => cgru(g, "cgru", image(g, ["L", 1, 3]), { kernel: [3, 1], cutoff: 1, scale: 1 }),
  },
  conv: {
    "with bias": (g) => conv(g, "conv", image(g), { channels: 3, kernel: [3, 3], bias: 0.5 }),
    "mixes channels": (g) => conv(g, "conv", image(g), { channels: 5, kernel: [1, 1], scale: 2 }),
  },
  dcgru: {
    state: (g) => diagonal(g, ["L", 1, 7], [3, 1], false).state,
    "state with dropout, two columns": (g) => diagonal(g, ["L", 2, 4], [3, 3], true).state,
    "saturation cost": (g) => diagonal(g, ["L", 1, 3], [3, 1], false).cost,
  },
  diffstride: {
    "two strides": (g) => {
      const options = { stride: [1.6, 2.2], crop: [1.3, 1.5], least: 1, most: 4, smoothness: 2.5 } as const
      return diffStride(g, "pool", scaled(g, [10, 8, 2]), options).out
    },
    "one stride for both, no crop": (g) => {
      const options = { stride: [1.7, 1.7], crop: [1, 1], least: 1, most: 4, shared: true, smoothness: 1.5 } as const
      return diffStride(g, "pool", scaled(g, [8, 8, 1]), options).out
    },
    cost: (g) => {
      const options = { stride: [1.6, 2.2], crop: [1, 1], least: 1, most: 4 } as const
      return diffStride(g, "pool", scaled(g, [8, 8, 1]), options).cost
    },
    "along the length only": (g) => {
      const options = { stride: [1.6, 1], crop: [1.3, 1], least: 1, most: 4, smoothness: 2.5 } as const
      const { out, cost } = diffStride(g, "pool", scaled(g, [10, 1, 2]), options)
      return g.map([out, cost], mul)
    },
    "spectral pooling": (g) => spectralPooling(g, scaled(g, [10, 8, 2]), [2, 1.5]),
    "spectral pooling and back": (g) => spectralUpsampling(g, spectralPooling(g, scaled(g, [10, 1, 2]), [1.5, 1]), 14),
  },
  dropout: {
    "half is kept": (g) => g.map([image(g), g.setting("keep", 0.5)], (x, keep) => dropout(x, keep, 3)),
    "all is kept": (g) => g.map([image(g), g.setting("keep", 1)], (x, keep) => dropout(x, keep, 3)),
  },
  embedding: {
    "four symbols": (g) => {
      const symbols = g.map([g.lane("x", ["L", 1, 1])], (x) => add(less(x, 0.5), less(x, -0.2)))
      return g.map([oneHot(g, symbols, 4), g.parameter("table", [4], { uniform: 1 })], mul)
    },
  },
  gru: { "two inputs": (g) => gru(g, "gru", { input: vector(g, 3), read: vector(g, 2, "y") }, vector(g, 4, "h"), 2) },
  linear: {
    "two inputs": (g) => linear(g, "linear", { a: vector(g, 3), b: vector(g, 2, "y") }, { channels: 4, bias: 0.5 }),
  },
  lstm: {
    state: (g) => lstm(g, "lstm", { input: vector(g, 3) }, { h: vector(g, 4, "h"), c: vector(g, 4, "c") }).h,
    cell: (g) => lstm(g, "lstm", { input: vector(g, 3) }, { h: vector(g, 4, "h"), c: vector(g, 4, "c") }).c,
  },
  noise: {
    "on a pre-activation": (g) => noisy(g, image(g), { deviation: g.setting("noise", 0.3), stream: 21 }, 2),
  },
  ntm: {
    "a head, all four stages": (g) => ntmHead(g),
    reading: (g) => readMemory(g, scaled(g, [4, 1, 3], "memory"), ntmHead(g)),
    "writing with two heads": (g) => {
      const memory = scaled(g, [4, 1, 3], "memory")
      const head = (name: string) => ({
        weights: g.map([scaled(g, [4, 1, 1], `${name} w`)], sigmoid),
        erase: g.map([vector(g, 3, `${name} erase`)], sigmoid),
        add: vector(g, 3, `${name} add`),
      })
      return writeMemory(g, memory, [head("a"), head("b")])
    },
  },
  rnn: {
    tanh: (g) => rnn(g, "rnn", { input: vector(g, 3) }, vector(g, 4, "h"), { activation: "tanh" }),
    sigmoid: (g) => rnn(g, "rnn", { input: vector(g, 3) }, vector(g, 4, "h"), { activation: "sigmoid" }),
  },
  stack: {
    "moved a little each way": (g) =>
      moveStacks(
        g,
        scaled(g, ["L", 1, 2], "stacks"),
        vector(g, 2, "value"),
        stackActions(g, "stack", vector(g, 3), { stacks: 2 }),
      ),
    "pushes that are rounded": (g) =>
      moveStacks(
        g,
        scaled(g, [4, 1, 2], "stacks"),
        vector(g, 2, "value"),
        stackActions(g, "stack", vector(g, 3), { stacks: 2, rounding: true }),
      ),
    "the second value, also of a stack of one": (g) => tops(g, scaled(g, ["L", 1, 3], "stacks"), 2)[1],
  },
}
