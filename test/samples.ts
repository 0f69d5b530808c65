// Shared by the engine's tests in Node and in the browser: graphs of many samples, random blocks, differences
// of numbers.

import type { Block } from "../src/backends/backend.ts"
import { add, less, mul } from "../src/core/expr.ts"
import { Graph } from "../src/core/graph.ts"
import { LANES } from "../src/core/lanes.ts"
import { sum } from "../src/core/map.ts"
import type { Node } from "../src/core/op.ts"
import { type Init, initialValues } from "../src/core/params.ts"
import { random } from "../src/core/rng.ts"
import type { Role } from "../src/core/role.ts"
import type { SettingName } from "../src/core/settings.ts"
import { type Shape, sizeAt } from "../src/core/shape.ts"
import type { Plan } from "../src/plan/plan.ts"
import { plan } from "../src/plan/planner.ts"

export type Samples = Readonly<Record<string, (g: Graph) => Node>>

export const options = { seed: 5, trainStep: 9 }

/** A graph that prefixes the names of inputs with the name of the present sample. */
export class SampleGraph extends Graph {
  prefix = ""
  override lane(name: string, shape: Shape) {
    return super.lane(`${this.prefix}${name}`, shape)
  }
  override parameter(name: string, shape: readonly number[], init: Init, options = {}) {
    return super.parameter(`${this.prefix}${name}`, shape, init, options)
  }
  override tap(name: string, role: Role, make: () => Node) {
    super.tap(`${this.prefix}${name}`, role, make)
  }
  override setting(name: SettingName, value: number) {
    return super.setting(`${this.prefix}${name}` as SettingName, value) // every sample has its own
  }
}

/** A lane input times a parameter, so that gradients reach it. */
export const scaled = (g: Graph, shape: Shape, name = "x"): Node =>
  g.map([g.lane(name, shape), g.parameter(`${name} scale`, [shape.at(-1) as number], { uniform: 1.5 })], mul)

/** A random projection of a node: one number, whose gradient tests every element's gradient. */
export const project = (g: Graph, node: Node): Node => {
  const weights = g.lane("projection", node.shape)
  const product = g.map([node, weights], mul)
  return sum(g, product, [1])
}

/** 1 at about three places of four, 0 at the others: [L, 1, 1]. */
export const mask = (g: Graph): Node => g.map([g.lane("mask", ["L", 1, 1])], (x) => less(-0.5, x))

/**
 * One graph of all samples, and its plan with every sample's output and the gradients of all their
 * projections.
 */
export function planOf(
  samples: Readonly<Record<string, (g: Graph) => Node>>,
  memory: "store" | "recompute" = "store",
): Plan {
  const g = new SampleGraph()
  const outputs: Record<string, Node> = {}
  const losses: Node[] = []
  for (const [name, sample] of Object.entries(samples)) {
    g.prefix = `${name}: `
    outputs[name] = sample(g)
    losses.push(project(g, outputs[name]))
  }
  const loss = losses.reduce((a, b) => g.map([a, b], add))
  return plan(g, { outputs: { ...outputs, loss }, loss, memory })
}

/** A lane block of uniform numbers in [-1, 1). */
export function randomBlock(p: Plan, length: number, steps: number, firstExample = 0, seed = 1): Block {
  const inputs = p.inputs.map(({ name, shape }) => {
    const numbers = random(seed, firstExample, length, ...[...name].map((c) => c.charCodeAt(0)))
    return [name, Float32Array.from({ length: sizeAt(shape, length) * LANES }, () => 2 * numbers.uniform() - 1)]
  })
  return { length, steps, firstExample, inputs: Object.fromEntries(inputs) }
}

export const sharedValues = (p: Plan, seed = 3): Float32Array => initialValues(p.shared, seed)

/** Largest difference, in units of max(1, the largest number expected); NaN counts as infinite. */
export function difference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY
  let largest = 1
  let worst = 0
  for (let i = 0; i < want.length; i++) {
    largest = Math.max(largest, Math.abs(want[i]))
    const d = Math.abs(got[i] - want[i])
    worst = d <= worst ? worst : Number.isNaN(d) ? Number.POSITIVE_INFINITY : d
  }
  return worst / largest
}
