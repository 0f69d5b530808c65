// Every op of the registry, by its samples. An op without samples is listed here with a reason.

import { describe, expect, it } from "vitest"
import { type Expr, operands } from "../../src/core/expr.ts"
import { Graph } from "../../src/core/graph.ts"
import { mapOp } from "../../src/core/map.ts"
import { isOf, type Node } from "../../src/core/op.ts"
import { ops } from "../../src/ops/index.ts"
import { conformance } from "../conformance.ts"
import { candidatesOfAllCompilers } from "../engine.ts"
import { mapSamples } from "./map-samples.ts"
import { opSamples } from "./samples.ts"

const withoutSamples: Readonly<Record<string, string>> = {
  filterGradient: "it is conv's gradient and runs in all of conv's samples; nothing else makes it",
  shiftGradient: "it is circular's gradient and runs in its samples; nothing else makes it",
  copiesFilterGradient: "it is the gradient of conv with copies and runs in that sample",
  copyGradient: "it is the gradient of copy and runs in its samples; nothing else makes it",
  logSoftmaxGradient: "it is logSoftmax's gradient and runs in its samples; nothing else makes it",
}

describe("the registry of ops", () => {
  it.each(ops.map((op) => op.name))("%s has samples, or a reason to have none", (name) => {
    const samples = Object.keys(opSamples[name] ?? {})
    if (name in withoutSamples) expect(samples).toEqual([])
    else expect(samples).not.toEqual([])
  })

  it("excuses no op that is not there, and no name stands twice", () => {
    const names = ops.map((op) => op.name)
    for (const name of [...Object.keys(withoutSamples), ...Object.keys(opSamples)]) expect(names).toContain(name)
    expect(new Set(names).size).toBe(names.length)
  })

  it("map's samples hold every operation of an expression", () => {
    // typed: a new operation of core/expr.ts that is missing here does not compile
    const every: Record<Expr["op"], true> = {
      const: true,
      input: true,
      coordinate: true,
      step: true,
      random: true,
      neg: true,
      abs: true,
      exp: true,
      log: true,
      tanh: true,
      sigmoid: true,
      sqrt: true,
      add: true,
      sub: true,
      mul: true,
      div: true,
      min: true,
      max: true,
      less: true,
      equal: true,
      select: true,
    }
    const found = new Set<string>()
    const visit = (e: Expr): void => {
      found.add(e.op)
      operands(e).forEach(visit)
    }
    const visitNode = (node: Node): void => {
      if (isOf(node, mapOp)) visit(node.attributes.expr)
      node.inputs.forEach(visitNode)
    }
    for (const sample of Object.values(mapSamples)) visitNode(sample(new Graph()))
    expect([...found].sort()).toEqual(Object.keys(every).sort())
  })
})

// both C compilers, because this covers all kernels
conformance(opSamples, { backends: candidatesOfAllCompilers })
