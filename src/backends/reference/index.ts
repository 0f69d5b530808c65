// The reference backend: interprets the graph in float64, one example at a time, with the plain loop of each
// op. It shares neither planner nor kernels with other backends, so tests compare them with it.

import {
  type InputAttributes,
  inputOp,
  type ReverseScan,
  resultOp,
  reverseScanOp,
  type Scan,
  scanOp,
} from "../../core/graph.ts"
import { LANES } from "../../core/lanes.ts"
import { lookup } from "../../core/lookup.ts"
import { isOf, type Node, type ReferenceContext } from "../../core/op.ts"
import { tensorOf } from "../../core/params.ts"
import { hash, mix } from "../../core/rng.ts"
import { sizeAt } from "../../core/shape.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Backend, Block, Program, RunOptions } from "../backend.ts"
import { hostResident } from "../host-resident.ts"

export const reference: Backend = {
  name: "reference",
  description: "float64 interpreter, one thread: slow, the oracle of the tests",
  workers: 1,
  mostBytes: Number.POSITIVE_INFINITY,
  compile: async (plan) => {
    const program: Program = {
      plan,
      peakBytes: 0,
      run: async (shared, blocks, options) => {
        const gradient = new Float64Array(plan.trainableSize)
        const outputs = blocks.map((block) => {
          const lanes = Array.from({ length: LANES }, (_, lane) =>
            interpret(plan, Float64Array.from(shared), block, lane, options),
          )
          for (const { gradient: own } of lanes) own.forEach((x, i) => (gradient[i] += x))
          return Object.fromEntries(
            plan.outputs.map(({ name, shape }) => {
              const values = new Float32Array(sizeAt(shape, block.length) * LANES)
              lanes.forEach(({ outputs }, lane) => outputs[name].forEach((x, i) => (values[i * LANES + lane] = x)))
              return [name, values]
            }),
          )
        })
        return { outputs, gradient: plan.gradient ? Float32Array.from(gradient) : new Float32Array(0) }
      },
      resident: async (update) => hostResident(program, update),
      dispose: async () => {},
    }
    return program
  },
}

type Scope = Map<Node, Float64Array>
type Get = (node: Node) => Float64Array

/** The outputs of one example and its gradients of the trainable tensors, in float64. */
export function interpret(
  plan: Plan,
  shared: Float64Array,
  block: Block,
  lane: number,
  { seed, trainStep }: RunOptions,
) {
  const gradient = new Float64Array(plan.trainableSize)
  const histories = new Map<Node, Float64Array[][]>()
  const finals = new Map<Node, Float64Array[]>()
  const contextAt = (step: number): ReferenceContext => ({
    length: block.length,
    step,
    random: (stream, element) => {
      const key = hash(seed, stream, trainStep, step, element)
      return (mix(key ^ Math.imul(block.firstExample + lane, 0x9e3779b9)) >>> 8) * 2 ** -24
    },
  })
  const contribute = (to: Node<InputAttributes>, value: Float64Array) => {
    const { offset } = tensorOf(plan.shared, to.attributes.name)
    value.forEach((x, i) => (gradient[offset + i] += x))
  }
  /** `scopes`, innermost first: a node is looked up in all of them, or computed into the innermost. */
  const evaluate = (node: Node, scopes: readonly Scope[], context: ReferenceContext, first: number): Float64Array => {
    for (const scope of scopes) {
      const known = scope.get(node)
      if (known) return known
    }
    if (node.id < first) return evaluate(node, scopes.slice(1), contextAt(0), 0)
    const get = (n: Node) => evaluate(n, scopes, context, first)
    const value = isOf(node, inputOp)
      ? readInput(node)
      : isOf(node, resultOp)
        ? (finals.get(node.inputs[0]) ?? run(node.inputs[0], get, scopes))[node.attributes.index]
        : node.op.reference(node, node.inputs.map(get), context)
    scopes[0].set(node, value)
    return value
  }
  const run = (node: Node, get: Get, scopes: readonly Scope[]): Float64Array[] => {
    const result = isOf(node, reverseScanOp) ? runReverse(node, get, scopes) : undefined
    const values = result ?? (isOf(node, scanOp) ? runScan(node, get, scopes) : [])
    finals.set(node, values)
    return values
  }
  const runScan = (node: Node<Scan>, get: Get, scopes: readonly Scope[]): Float64Array[] => {
    const { carries, outputs } = node.attributes
    let now = node.inputs.map(get)
    const history = [now]
    for (let t = 0; t < block.steps; t++) {
      const scope: Scope = new Map(carries.map((n, i) => [n, now[i]]))
      now = outputs.map((n) => evaluate(n, [scope, ...scopes], contextAt(t), carries[0].id))
      history.push(now)
    }
    histories.set(node, history)
    return now
  }
  const runReverse = (node: Node<ReverseScan>, get: Get, scopes: readonly Scope[]): Float64Array[] => {
    const { forward, adjoints, outputs, contributions } = node.attributes
    const { carries } = forward.attributes
    if (!histories.has(forward)) run(forward, get, scopes)
    const history = lookup(histories, forward)
    let now = node.inputs.map(get)
    for (let t = block.steps - 1; t >= 0; t--) {
      const scope: Scope = new Map([
        ...carries.map((n, i) => [n, history[t][i]] as const),
        ...adjoints.map((n, i) => [n, now[i]] as const),
      ])
      const get = (n: Node) => evaluate(n, [scope, ...scopes], contextAt(t), carries[0].id)
      for (const { to, value } of contributions) contribute(to, get(value))
      now = outputs.map(get)
    }
    return now
  }
  const readInput = (node: Node<InputAttributes>): Float64Array => {
    const { name } = node.attributes
    if (node.kind === "shared") {
      const { offset, size } = tensorOf(plan.shared, name)
      return shared.subarray(offset, offset + size)
    }
    const values = block.inputs[name]
    return Float64Array.from({ length: values.length / LANES }, (_, i) => values[i * LANES + lane])
  }
  const top: Scope = new Map()
  const get = (n: Node) => evaluate(n, [top], contextAt(0), 0)
  const outputs = Object.fromEntries(Object.entries(plan.options.outputs).map(([name, n]) => [name, get(n)]))
  for (const { to, value } of plan.gradients?.contributions ?? []) contribute(to, get(value))
  for (const scan of plan.gradients?.reverseScans ?? []) if (!finals.has(scan)) run(scan, get, [top])
  return { outputs, gradient }
}
