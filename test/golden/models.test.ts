// Whole sequence models against PyTorch, on every backend: answers in training and at inference, the error,
// and every gradient. Here examples of many lengths share a block, in PyTorch each runs alone, so a leaking
// mask would show. The numbers come from scripts/golden_models.py.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { reference } from "../../src/backends/reference/index.ts"
import { LANES } from "../../src/core/lanes.ts"
import { modelFamily } from "../../src/models/index.ts"
import { answering as forAnswers, plainTraining } from "../../src/models/model.ts"
import type { Plan } from "../../src/plan/plan.ts"
import { plan } from "../../src/plan/planner.ts"
import { type Candidate, candidates, difference } from "../engine.ts"

interface Golden {
  readonly family: string
  readonly options: object
  readonly symbols: number
  readonly length: number
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly parameters: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
  >
  readonly training: readonly number[]
  readonly free: readonly number[]
  readonly error: readonly number[]
  readonly gradients: Readonly<Record<string, readonly number[]>>
}
const { models } = JSON.parse(readFileSync(new URL("models.json", import.meta.url), "utf8")) as {
  models: Readonly<Record<string, Golden>>
}

/** Largest difference from PyTorch's float64, in units of max(1, the tensor's largest number). */
const TOLERANCE = 2e-6
/** Not webgpu: a software adapter compiles these slowly, and it is tested on their ops and layers. */
const backends: Candidate[] = [
  { name: "reference", create: () => reference },
  ...candidates.filter(({ name }) => name !== "webgpu"),
]

describe.each(Object.entries(models))("%s", (_, golden) => {
  const family = modelFamily(golden.family)
  const signature = { kind: "symbols", symbols: golden.symbols } as const
  const trained = family.build(golden.options, signature, plainTraining)
  const answering = family.build(golden.options, signature, forAnswers)
  const { logits, error, loss } = trained.outputs
  const training = plan(trained.graph, { outputs: { logits, error }, loss })
  const free = plan(answering.graph, { outputs: { logits: answering.outputs.logits } })
  const inputs = Object.fromEntries(
    Object.entries(golden.inputs).map(([name, values]) => [name, Float32Array.from(values)]),
  )
  const steps = family.steps(signature, golden.length)
  const blocks = [{ length: golden.length, steps, firstExample: 0, inputs }]
  const sharedOf = (p: Plan) => {
    const shared = new Float32Array(p.sharedSize)
    for (const { name, offset, size, init } of p.shared) {
      if (golden.parameters[name]) shared.set(golden.parameters[name].values, offset)
      else if ("constant" in init) shared.fill(init.constant, offset, offset + size)
    }
    return shared
  }
  /** Places beyond an example's end are not read; they are set to zeros, as in the file. */
  const own = (values: Float32Array) =>
    values.map((x, i) => (golden.inputs.mask[Math.floor(i / LANES / golden.symbols) * LANES + (i % LANES)] ? x : 0))

  it("has the same parameters", () => {
    const ours = training.shared.filter((t) => t.trainable).map((t) => [t.name, t.shape])
    const theirs = Object.entries(golden.parameters).map(([name, { shape }]) => [name, shape])
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs))
  })

  it.each(backends)("answers and learns as PyTorch's on $name", async ({ create }) => {
    const backend = create(1)
    const program = await backend.compile(training)
    const { outputs, gradient } = await program.run(sharedOf(training), blocks, { seed: 1, trainStep: 0 })
    expect(difference(own(outputs[0].logits), golden.training), "in training").toBeLessThan(TOLERANCE)
    expect(difference(outputs[0].error, golden.error), "error").toBeLessThan(TOLERANCE)
    for (const { name, offset, size, trainable } of training.shared)
      if (trainable)
        expect(
          difference(gradient.subarray(offset, offset + size), golden.gradients[name]),
          `gradient of ${name}`,
        ).toBeLessThan(TOLERANCE)
    await program.dispose()
    const asked = await backend.compile(free)
    const answers = await asked.run(sharedOf(free), blocks, { seed: 1, trainStep: 0 })
    expect(difference(own(answers.outputs[0].logits), golden.free), "by itself").toBeLessThan(TOLERANCE)
    await asked.dispose()
  })
})
