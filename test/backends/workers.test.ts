// Results do not depend on the number of workers, earlier runs of a program, the lane of an example, or other
// examples.

import { describe, expect, it } from "vitest"
import type { RunResult } from "../../src/backends/backend.ts"
import { LANES } from "../../src/core/lanes.ts"
import { plainTraining } from "../../src/models/model.ts"
import { neuralGpu, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { plan } from "../../src/plan/planner.ts"
import { candidates, compilingOnce, options, randomBlock, sharedValues } from "../engine.ts"

const { graph, outputs } = neuralGpu(
  { ...neuralGpuForms.diagonal, maps: 5 },
  { kind: "symbols", symbols: 4 },
  plainTraining,
)
const training = plan(graph, { outputs: { logits: outputs.logits, error: outputs.error }, loss: outputs.loss })
const shared = sharedValues(training)
shared[training.shared.find((t) => t.name === "keep")?.offset ?? 0] = 0.8

const blocks = [
  [9, 9],
  [3, 2],
  [1, 1],
  [9, 7],
  [5, 0],
  [20, 12],
].map(([length, steps], i) => {
  const block = randomBlock(training, length, steps, i * LANES)
  const ones = (n: number, value: number) => new Float32Array(n * LANES).fill(value)
  const symbols = block.inputs.symbols.map((x) => Math.floor(2 * x + 2))
  return {
    ...block,
    inputs: { ...block.inputs, symbols, target: symbols, mask: ones(length, 1), steps: ones(1, steps) },
  }
})
const copy = ({ outputs, gradient }: RunResult) => ({
  outputs: outputs.map((o) => Object.fromEntries(Object.entries(o).map(([name, values]) => [name, values.slice()]))),
  gradient: gradient.slice(),
})

describe.each(candidates.map(compilingOnce))("$name", (backend) => {
  it("gives the same bits with 1, 2, 3 and 5 workers", async () => {
    const results = []
    for (const workers of [1, 2, 3, 5]) {
      const program = await backend.create(workers).compile(training)
      results.push(copy(await program.run(shared, blocks, options)))
    }
    expect(results[0].gradient.some((x) => x !== 0)).toBe(true)
    for (const result of results) expect(result).toEqual(results[0])
  })

  it("gives the same bits again, whatever ran before", async () => {
    const program = await backend.create(2).compile(training)
    const before = copy(await program.run(shared, blocks, options))
    await program.run(shared, [randomBlock(training, 31, 31)], { seed: 8, trainStep: 2 })
    await program.run(shared, blocks.slice(2, 4), options)
    expect(copy(await program.run(shared, blocks, options))).toEqual(before)
    const other = copy(await program.run(shared, blocks, { ...options, trainStep: options.trainStep + 1 }))
    expect(other.gradient).not.toEqual(before.gradient)
  })

  it("computes a block alone as among others, and leaves its inputs as they were", async () => {
    const program = await backend.create(2).compile(training)
    const inputs = structuredClone(blocks[0].inputs)
    const together = copy(await program.run(shared, blocks, options))
    const alone = copy(await program.run(shared, [blocks[0]], options))
    expect(alone.outputs[0]).toEqual(together.outputs[0])
    expect(blocks[0].inputs).toEqual(inputs)
  })

  it("computes an example in whatever lane it lies, without dropout", async () => {
    const program = await backend.create(2).compile(training)
    const kept = shared.slice()
    kept[training.shared.find((t) => t.name === "keep")?.offset ?? 0] = 1
    const [block] = blocks
    const turned = (values: Float32Array) => values.map((_, i) => values[i - (i % LANES) + (((i % LANES) + 3) % LANES)])
    const inputs = Object.fromEntries(Object.entries(block.inputs).map(([name, values]) => [name, turned(values)]))
    const plain = copy(await program.run(kept, [block], options))
    const moved = copy(await program.run(kept, [{ ...block, inputs }], options))
    expect(moved.outputs[0].logits).toEqual(turned(plain.outputs[0].logits))
  })

  it("says which input is missing or has not the right size", async () => {
    const program = await backend.create(2).compile(training)
    const { mask: _, ...without } = blocks[0].inputs
    await expect(program.run(shared, [{ ...blocks[0], inputs: without }], options)).rejects.toThrow(
      `input mask: got nothing, expected ${9 * LANES} numbers`,
    )
    await expect(
      program.run(shared, [{ ...blocks[0], inputs: { ...without, mask: new Float32Array(5) } }], options),
    ).rejects.toThrow(`input mask: got 5, expected ${9 * LANES} numbers`)
  })
})
