// Both forms of the Neural GPU against PyTorch: log-probabilities, error, cost, every gradient, and ten
// training steps. The numbers come from scripts/golden.py, an independent computation in float64.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { reference } from "../../src/backends/reference/index.ts"
import { type Candidate, candidates, candidatesOfAllCompilers, compilingOnce, difference } from "../engine.ts"
import { type Golden, prepare, takeSteps } from "./steps.ts"

/** Largest difference from PyTorch's float64, in units of max(1, the tensor's largest number). */
const FORWARD = 1e-6
const GRADIENT = 2e-6
/** The same after ten steps, in which rounding grows: parameters are of order one. */
const TRAINED = 3e-6

// a plan is compiled once for all tests
const backends: Candidate[] = [
  { name: "reference", create: () => reference },
  ...candidatesOfAllCompilers.map(compilingOnce),
]
/**
 * Not for the reference, which saves nothing, nor for a second compiler; core/scan.test.ts recomputes on
 * webgpu.
 */
const memories = ({ name }: Candidate): readonly ("store" | "recompute")[] =>
  name !== "webgpu" && candidates.some((c) => c.name === name) ? ["store", "recompute"] : ["store"]

describe.each(["diagonal", "original"])("the %s form", (form) => {
  const golden = JSON.parse(readFileSync(new URL(`${form}.json`, import.meta.url), "utf8")) as Golden
  const { planned: training, blocks, start, names, part } = prepare(golden)

  it("has the same parameters", () => {
    const ours = training("store").shared.filter((t) => t.trainable)
    expect(Object.fromEntries(ours.map((t) => [t.name, t.shape]))).toEqual(
      Object.fromEntries(Object.entries(golden.parameters).map(([name, { shape }]) => [name, shape])),
    )
  })

  describe.each(backends)("on $name", (backend) => {
    it.each(memories(backend))("gives PyTorch's outputs and gradients (memory: %s)", async (memory) => {
      const p = training(memory)
      const program = await backend.create(1).compile(p)
      const result = await program.run(start(p), blocks, { seed: 1, trainStep: 0 })
      for (const [name, values] of Object.entries(golden.outputs))
        expect(difference(result.outputs[0][name], values), name).toBeLessThan(FORWARD)
      for (const name of names)
        expect(difference(part(p, result.gradient, name), golden.gradients[name]), `gradient of ${name}`).toBeLessThan(
          GRADIENT,
        )
      await program.dispose()
    })

    it.each(Object.keys(golden.training) as ("adam" | "adamax")[])("takes ten steps of %s as PyTorch", async (name) => {
      const { losses, parameters } = golden.training[name]
      // the reference is slow, and its gradients were compared above
      const steps = backend.name === "reference" ? 3 : losses.length
      const got = await takeSteps(golden, backend.create(1), name, steps)
      got.losses.forEach((loss, step) =>
        expect(Math.abs(loss - losses[step]) / losses[step], `loss of step ${step}`).toBeLessThan(TRAINED),
      )
      expect(losses[losses.length - 1]).toBeLessThan(losses[0])
      for (const tensor of steps === losses.length ? names : [])
        expect(difference(got.parameters[tensor], parameters[tensor]), tensor).toBeLessThan(TRAINED)
    })
  })
})
