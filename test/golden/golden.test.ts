// Both forms of the Neural GPU against PyTorch: log-probabilities, error, cost, every gradient, and ten training steps.
// The numbers come from scripts/golden.py, an independent computation in float64.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { reference } from "../../src/backends/reference/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { type Plan, plan } from "../../src/core/plan.ts"
import { type NeuralGpuOptions, neuralGpu } from "../../src/models/neural-gpu.ts"
import { newMemory, optimizers } from "../../src/training/optimizers/index.ts"
import { clipGlobalNorm } from "../../src/training/techniques/clip.ts"
import { type Candidate, candidates, difference } from "../engine.ts"

type Tensors = Readonly<Record<string, readonly number[]>>
interface Golden {
  readonly options: NeuralGpuOptions
  readonly symbols: number
  readonly block: { readonly length: number; readonly steps: number; readonly inputs: Tensors }
  readonly settings: Readonly<Record<string, number>>
  readonly parameters: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
  >
  readonly outputs: Tensors
  readonly loss: number
  readonly gradients: Tensors
  readonly training: Readonly<
    Record<
      "adam" | "adamax",
      { readonly rate: number; readonly losses: readonly number[]; readonly parameters: Tensors }
    >
  >
}

/** Largest difference from PyTorch's float64, in units of max(1, the tensor's largest number). */
const FORWARD = 1e-6
const GRADIENT = 2e-6
/** The same after ten steps, in which rounding grows: parameters are of order one. */
const TRAINED = 3e-6

const backends: Candidate[] = [{ name: "reference", create: () => reference }, ...candidates]

describe.each(["diagonal", "original"])("the %s form", (form) => {
  const golden = JSON.parse(readFileSync(new URL(`${form}.json`, import.meta.url), "utf8")) as Golden
  const { graph, outputs } = neuralGpu(golden.options, { kind: "symbols", symbols: golden.symbols }, { training: true })
  const { logits, error, cost, loss } = outputs
  const training = (memory: "store" | "recompute") => plan(graph, { outputs: { logits, error, cost }, loss, memory })
  const blocks = [
    {
      ...golden.block,
      firstExample: 0,
      inputs: Object.fromEntries(
        Object.entries(golden.block.inputs).map(([name, values]) => [name, Float32Array.from(values)]),
      ),
    },
  ]
  const start = (p: Plan) => {
    const shared = initialValues(p.shared, 1) // settings that PyTorch's side does not name keep their default
    for (const { name, offset, size } of p.shared) {
      const setting = golden.settings[name]
      const values = golden.parameters[name]?.values ?? (setting === undefined ? undefined : [setting])
      if (!values) continue
      expect(values.length, name).toBe(size)
      shared.set(values, offset)
    }
    return shared
  }
  const names = Object.keys(golden.parameters)
  const part = (p: Plan, array: Float32Array, name: string) => {
    const tensor = p.shared.find((t) => t.name === name)
    if (!tensor) throw new Error(`the model has no tensor named ${name}`)
    return array.subarray(tensor.offset, tensor.offset + tensor.size)
  }

  it("has the same parameters", () => {
    const ours = training("store").shared.filter((t) => t.trainable)
    expect(Object.fromEntries(ours.map((t) => [t.name, t.shape]))).toEqual(
      Object.fromEntries(Object.entries(golden.parameters).map(([name, { shape }]) => [name, shape])),
    )
  })

  describe.each(backends)("on $name", (backend) => {
    it.each(["store", "recompute"] as const)("gives PyTorch's outputs and gradients (memory: %s)", async (memory) => {
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
      const { rate, losses, parameters } = golden.training[name]
      const p = training("store")
      const program = await backend.create(1).compile(p)
      const shared = start(p)
      const trainable = shared.subarray(0, p.trainableSize)
      const optimizer = optimizers[name]()
      const memory = newMemory(optimizer, p.trainableSize)
      // the reference is slow, and its gradients have been compared above
      const steps = backend.name === "reference" ? 3 : losses.length
      for (const [trainStep, expected] of losses.slice(0, steps).entries()) {
        const { outputs, gradient } = await program.run(shared, blocks, { seed: 1, trainStep })
        const weight = golden.settings["saturation weight"]
        const total = outputs[0].error.reduce((sum, e, lane) => sum + e + weight * outputs[0].cost[lane], 0)
        expect(Math.abs(total - expected) / expected, `loss of step ${trainStep}`).toBeLessThan(TRAINED)
        if (name === "adam") clipGlobalNorm(gradient, 1)
        optimizer.step(trainable, gradient, rate, memory)
      }
      expect(losses[losses.length - 1]).toBeLessThan(losses[0])
      for (const tensor of steps === losses.length ? names : [])
        expect(difference(part(p, shared, tensor), parameters[tensor]), tensor).toBeLessThan(TRAINED)
      await program.dispose()
    })
  })
})
