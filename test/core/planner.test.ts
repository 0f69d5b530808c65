// Fusing, ordering and reusing buffers must not change results: random small graphs in a scan are planned,
// compiled and compared with the reference, which does none of this. A training step's plan is also tested as
// text.

import { describe, expect, it } from "vitest"
import { add, coordinate, less, mul, select, step, tanh } from "../../src/core/expr.ts"
import type { Graph } from "../../src/core/graph.ts"
import { sum } from "../../src/core/map.ts"
import type { Node } from "../../src/core/op.ts"
import { random } from "../../src/core/rng.ts"
import { show } from "../../src/core/shape.ts"
import { conv } from "../../src/layers/conv.ts"
import { plainTraining } from "../../src/models/model.ts"
import { neuralGpu, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { shiftOp } from "../../src/ops/shift.ts"
import type { Buffer, Instruction, Place, Plan } from "../../src/plan/plan.ts"
import { plan } from "../../src/plan/planner.ts"
import { agree, candidates, planOf, randomBlock } from "../engine.ts"
import { checkGradients } from "../gradients.ts"
import { scaled } from "../samples.ts"

/**
 * A scan whose body is made of random maps, sums, convolutions and shifts of each other; values stay within
 * ±1.
 */
function randomGraph(seed: number) {
  return (g: Graph): Node => {
    const numbers = random(seed)
    const wide = [scaled(g, ["L", 2, 3], "outside")] // [L, 2, 3]
    const narrow = [scaled(g, [1, 1, 3], "narrow")]
    const pick = <T>(from: readonly T[]): T => from[Math.max(0, from.length - 1 - numbers.below(4))]
    let convolutions = 0
    const grow = (): void => {
      const [a, b] = [pick(wide), pick(wide)]
      switch (numbers.below(7)) {
        case 0:
          wide.push(g.map([a, b], (x, y) => tanh(add(x, mul(y, 0.5)))))
          break
        case 1:
          wide.push(g.map([a, b, pick(narrow)], (x, y, z) => select(less(x, coordinate(1)), mul(x, y), mul(z, 0.5))))
          break
        case 2:
          wide.push(g.map([conv(g, `conv${convolutions++}`, a, { channels: 3, kernel: [3, 1], scale: 0.5 })], tanh))
          break
        case 3:
          wide.push(g.create(shiftOp, [a], { by: numbers.below(2) === 0 ? 1 : -1 }))
          break
        case 4:
          narrow.push(g.map([sum(g, a, [1, 1, 3])], (x) => tanh(mul(x, 0.3))))
          break
        case 5:
          narrow.push(g.map([sum(g, g.map([a, b], mul), [1, 1, 3]), pick(narrow)], (x, y) => tanh(add(x, y))))
          break
        default:
          wide.push(g.map([a, pick(narrow)], (x, y) => mul(tanh(add(x, step)), y)))
      }
    }
    for (let i = numbers.below(3); i > 0; i--) grow()
    const results = g.scan([scaled(g, ["L", 2, 3], "first"), wide[wide.length - 1], narrow[0]], ([a, b, c]) => {
      wide.push(a, b)
      narrow.push(c)
      for (let i = 3 + numbers.below(8); i > 0; i--) grow()
      return [g.map([pick(wide), a], (x, y) => tanh(add(x, y))), pick(wide), pick(narrow)]
    })
    return g.map(results, (a, b, c) => add(mul(a, b), c))
  }
}

describe("plans of random graphs", () => {
  it("have the gradients of central differences", () => {
    for (let seed = 0; seed < 25; seed++)
      checkGradients(planOf({ [seed]: randomGraph(seed) }), { length: 2, lanes: [1] })
  })
  for (const backend of candidates)
    it(`mean on ${backend.name} what they mean on the reference`, async () => {
      // a C compiler takes seconds per graph, so it gets a few; the planner is the same for WebAssembly,
      // which gets many
      for (let seed = 0; seed < (backend.name === "wasm" ? 25 : 3); seed++) {
        const memory = seed % 2 === 0 ? "store" : "recompute"
        const p = planOf({ [`graph ${seed}, ${memory}`]: randomGraph(seed) }, memory)
        const program = await backend.create(1).compile(p)
        await agree(p, program, [randomBlock(p, 1, 2), randomBlock(p, 4, 3, 16)], 5e-6)
        await program.dispose()
      }
    })
})

/**
 * A plan as text: buffers, then instructions with their kernel, inputs and output. Numbers count from the
 * first buffer.
 */
function text({ buffers, instructions, shared }: Plan): string {
  const numbers = new Map<string, number>()
  const name = (b: Buffer) =>
    b.name.replace(/\d+/, (id) => `${numbers.get(id) ?? (numbers.set(id, numbers.size).get(id) as number)}`)
  const place = ({ buffer, slot, element }: Place) =>
    buffer.region === "shared"
      ? shared.find((t) => t.offset === element)?.name
      : `${name(buffer)}${buffer.slots === "one" ? "" : `[${slot}]`}`
  const lines = buffers
    .filter((b) => b.region !== "shared")
    .map((b) => `${b.region} ${name(b)} ${show(b.shape)}${b.slots === "one" ? "" : ` x ${b.slots}`}`)
  const visit = (list: readonly Instruction[], indent: string): void => {
    for (const i of list)
      if (i.k === "loop") {
        lines.push(`${indent}for t ${i.backwards ? "down" : "up"}`)
        visit(i.body, `${indent}  `)
      } else {
        const kind = /^\[*"?([A-Za-z]+( lanes)?)/.exec(i.kernel.key)?.[1]
        lines.push(`${indent}${kind}: ${i.places.map(place).join(", ")}`)
      }
  }
  visit(instructions, "")
  return `${lines.join("\n")}\n`
}

it("the plan of a training step of the diagonal form", async () => {
  const { graph, outputs } = neuralGpu(
    { ...neuralGpuForms.diagonal, maps: 3 },
    { kind: "symbols", symbols: 4 },
    plainTraining,
  )
  const p = plan(graph, { outputs: { error: outputs.error, cost: outputs.cost }, loss: outputs.loss })
  await expect(text(p)).toMatchFileSnapshot("training-step.plan.txt")
})
