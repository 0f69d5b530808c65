// The Neural Turing Machine [NTM]: a controller reads one place of the input per step and accesses a memory
// by heads. In each step all heads are addressed on the memory of the previous step, and reading precedes
// writing. What is read goes to this step's output and to the next step's controller. As in
// [Collier & Beel 2018], memory starts constant and the controller's outputs to heads are clipped.

import { add, clip, constant, exp, mul, random, sigmoid, softplus, sub, tanh } from "../core/expr.ts"
import { Graph } from "../core/graph.ts"
import { sum } from "../core/map.ts"
import type { Node } from "../core/op.ts"
import { linear } from "../layers/linear.ts"
import { lstm } from "../layers/lstm.ts"
import { type Addressing, address, readMemory, writeMemory } from "../layers/ntm.ts"
import { rnn } from "../layers/rnn.ts"
import { logSoftmaxOp } from "../ops/log-softmax.ts"
import { choice, number, refused, type ValuesOf, whole } from "../schema/index.ts"
import { initScaleField, type ModelFamily, plain, unitsField } from "./model.ts"
import { overTime, stepsOverTime } from "./over-time.ts"

const fields = {
  controller: choice(["feed-forward", "rnn", "lstm"], "lstm", "The controller.", { source: "NTM §4" }),
  units: unitsField(100, "NTM table 2"),
  slots: whole(128, "Slots of the memory, N.", { min: 1, max: 4096, source: "NTM table 1" }),
  width: whole(20, "Numbers in a slot, M.", { min: 1, max: 512, source: "NTM table 1" }),
  reads: whole(1, "Read heads.", { min: 1, max: 16, source: "NTM table 2" }),
  writes: whole(1, "Write heads.", { min: 1, max: 16, source: "NTM table 2" }),
  shift: whole(1, "Slots that a head moves by at most in a step, either way.", {
    min: 0,
    max: 2048,
    source: "NTM §3.3.2",
  }),
  memory: choice(
    ["constant", "learned", "random"],
    "constant",
    "How the memory begins: all 1e-6, learned, or random numbers of deviation 0.5, others for every example.",
    { source: "Collier & Beel 2018 §3" },
  ),
  clip: number(20, "What the controller tells a head is clipped to ± this, before any non-linearity.", {
    above: 0,
    source: "Collier & Beel 2018, code",
  }),
  initScale: initScaleField,
}
export type NtmOptions = ValuesOf<typeof fields>

/**
 * Initial value of a constant memory, which converges about twice as fast as the second-best scheme
 * [Collier & Beel 2018 §3].
 */
const MEMORY_CONSTANT = 1e-6
/** Standard deviation of a random initial memory [Collier & Beel 2018 code]. */
const MEMORY_DEVIATION = 0.5
const MEMORY_STREAM = 1
/**
 * Bound of the numbers whose softmax is a head's initial weighting. From uniform weights, addressing by
 * location could not start.
 */
const FIRST_WEIGHTS_BOUND = 1

export const ntm: ModelFamily<NtmOptions, typeof fields> = {
  ...plain,
  summary: "a Neural Turing Machine: a controller with a memory addressed by content and by location",
  fields,
  techniques: () => [],
  learns: ["symbols", "vectors"],
  check({ shift, slots }) {
    if (2 * shift + 1 > slots) throw refused("model.shift", shift, "a whole number below half the slots")
  },
  learningRate: () => 0.001, // [Collier & Beel 2018 code]
  build(options, signature) {
    const g = new Graph()
    const { slots, width, reads, writes } = options
    const heads = [...names("read", reads), ...names("write", writes)]
    const begin = [
      firstMemory(g, options),
      ...heads.map((name) => firstWeights(g, name, slots)),
      ...names("read", reads).map((name) => learned(g, `${name}/first`, [1, 1, width])),
      ...controllers[options.controller].begin(g, options),
    ]
    const outputs = overTime(g, signature, {
      begin,
      shows: [
        { name: "memory", role: "memory" },
        ...heads.map((name) => ({ name: `${name}/weights`, role: "weighting" }) as const),
        ...names("read", reads).map((name) => ({ name, role: "value" }) as const),
      ],
      step(x, [memory, ...state]) {
        const weights = state.slice(0, heads.length)
        const read = state.slice(heads.length, heads.length + reads)
        const inputs = { input: x, ...Object.fromEntries(read.map((r, i) => [`read${i}`, r])) }
        const controller = controllers[options.controller].step(g, options, inputs, state.slice(heads.length + reads))
        const h = controller[0]
        const now = heads.map((name, i) => address(g, memory, weights[i], headInputs(g, name, h, options)))
        const found = now.slice(0, reads).map((w) => readMemory(g, memory, w))
        const written = writeMemory(
          g,
          memory,
          now.slice(reads).map((w, i) => ({
            weights: w,
            erase: g.map([told(g, `write${i}/erase`, h, width, options)], sigmoid),
            add: g.map([told(g, `write${i}/add`, h, width, options)], tanh),
          })),
        )
        return {
          state: [written, ...now, ...found, ...controller.slice(controllers[options.controller].hidden)],
          outputs: { controller: h, ...Object.fromEntries(found.map((r, i) => [`read${i}`, r])) },
        }
      },
    })
    return { graph: g, outputs }
  },
  steps: stepsOverTime,
}

const names = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}${i}`)

/** A linear map of the controller's output, clipped, as the input of a head. */
const told = (g: Graph, name: string, h: Node, channels: number, options: NtmOptions): Node =>
  g.map([linear(g, name, { controller: h }, { channels, scale: options.initScale })], (x) =>
    clip(x, -options.clip, options.clip),
  )

function headInputs(g: Graph, name: string, h: Node, options: NtmOptions): Addressing {
  const number = (kind: string) => told(g, `${name}/${kind}`, h, 1, options)
  const shifts = told(g, `${name}/shifts`, h, 2 * options.shift + 1, options)
  return {
    key: g.map([told(g, `${name}/key`, h, options.width, options)], tanh),
    strength: g.map([number("strength")], softplus),
    gate: g.map([number("gate")], sigmoid),
    shifts: g.map([g.create(logSoftmaxOp, [shifts], {})], exp),
    gamma: g.map([number("gamma")], (x) => add(1, softplus(x))),
  }
}

/** A learned initial state: tanh of a parameter. */
const learned = (g: Graph, name: string, shape: readonly number[]): Node =>
  g.map([g.parameter(name, shape, { uniform: 0.1 })], tanh)

/** A learned initial weighting: softmax of a parameter over the slots. */
function firstWeights(g: Graph, name: string, slots: number): Node {
  const large = g.map([g.parameter(`${name}/first weights`, [slots, 1, 1], { uniform: FIRST_WEIGHTS_BOUND })], exp)
  return g.map([large, sum(g, large, [1, 1, 1])], (x, total) => ({ op: "div", a: x, b: total }))
}

function firstMemory(g: Graph, { memory, slots, width }: NtmOptions): Node {
  const shape = [slots, 1, width]
  switch (memory) {
    case "constant":
      return g.mapExpr([], constant(MEMORY_CONSTANT), shape)
    case "learned":
      return learned(g, "memory", shape)
    case "random": // uniform within ± √3 standard deviations
      return g.mapExpr([], mul(sub(mul(random(MEMORY_STREAM), 2), 1), Math.sqrt(3) * MEMORY_DEVIATION), shape)
  }
}

interface Controller {
  begin(g: Graph, options: NtmOptions): Node[]
  /** The first returned tensor is the output; those from index `hidden` on are the carried state. */
  step(g: Graph, options: NtmOptions, inputs: Readonly<Record<string, Node>>, state: readonly Node[]): readonly Node[]
  readonly hidden: 0 | 1
}

const controllers: Readonly<Record<NtmOptions["controller"], Controller>> = {
  "feed-forward": {
    begin: () => [],
    step: (g, { units, initScale }, inputs) => [
      g.map([linear(g, "controller", inputs, { channels: units, scale: initScale })], tanh),
    ],
    hidden: 1,
  },
  rnn: {
    begin: (g, { units }) => [learned(g, "controller/first state", [1, 1, units])],
    step: (g, { initScale }, inputs, [h]) => [
      rnn(g, "controller", inputs, h, { activation: "tanh", scale: initScale }),
    ],
    hidden: 0,
  },
  lstm: {
    begin: (g, { units }) => [
      learned(g, "controller/first state", [1, 1, units]),
      learned(g, "controller/first cell", [1, 1, units]),
    ],
    step(g, { initScale }, inputs, [h, c]) {
      const next = lstm(g, "controller", inputs, { h, c }, initScale)
      return [next.h, next.c]
    },
    hidden: 0,
  },
}
