// Training steps from PyTorch's numbers (scripts/golden.py), on any backend, in Node and in the browser.

import type { Backend } from "../../src/backends/backend.ts"
import { initialValues } from "../../src/core/params.ts"
import { plainTraining } from "../../src/models/model.ts"
import { type NeuralGpuOptions, neuralGpu } from "../../src/models/neural-gpu.ts"
import type { Plan } from "../../src/plan/plan.ts"
import { plan } from "../../src/plan/planner.ts"
import { WEIGHTS } from "../../src/plan/update.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { optimizers } from "../../src/training/optimizers/index.ts"
import type { Optimizer } from "../../src/training/optimizers/optimizer.ts"
import { updateOf } from "../../src/training/update.ts"

type Tensors = Readonly<Record<string, readonly number[]>>
export interface Golden {
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

/** A golden file as plans, blocks and parameters. Repeated calls return the same plans. */
export function prepare(golden: Golden): Prepared {
  const known = prepared.get(golden) ?? prepareAnew(golden)
  prepared.set(golden, known)
  return known
}
type Prepared = ReturnType<typeof prepareAnew>
const prepared = new WeakMap<Golden, Prepared>()

function prepareAnew(golden: Golden) {
  const { graph, outputs } = neuralGpu(golden.options, { kind: "symbols", symbols: golden.symbols }, plainTraining)
  const { logits, error, cost, loss } = outputs
  const planWith = (memory: "store" | "recompute") => plan(graph, { outputs: { logits, error, cost }, loss, memory })
  const plans = { store: planWith("store"), recompute: planWith("recompute") }
  const planned = (memory: keyof typeof plans) => plans[memory]
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
    const shared = initialValues(p.shared, 1) // settings that PyTorch does not use keep their defaults
    for (const { name, offset, size } of p.shared) {
      const setting = golden.settings[name]
      const values = golden.parameters[name]?.values ?? (setting === undefined ? undefined : [setting])
      if (!values) continue
      if (values.length !== size) throw new Error(`${name}: got ${values.length} numbers, expected ${size}`)
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
  return { planned, blocks, start, names, part }
}

/** A run's config as far as the update needs it: the optimizer, and a norm of 1 for Adam's gradient. */
const configOf = (name: "adam" | "adamax") =>
  resolveConfig({ optimizer: { name }, phases: [{ clip: { norm: name === "adam" ? 1 : null } }] })

/** Losses of `steps` steps of an optimizer on the program's device, and the parameters after them. */
export async function takeSteps(golden: Golden, backend: Backend, name: "adam" | "adamax", steps: number) {
  const { planned, blocks, start, names, part } = prepare(golden)
  const p = planned("store")
  const program = await backend.compile(p)
  const shared = start(p)
  const settings = Object.fromEntries(p.shared.filter((t) => !t.trainable).map((t) => [t.name, shared[t.offset]]))
  const config = configOf(name)
  const update = updateOf(config, [])
  const optimizer: Optimizer = optimizers[name]
  const told = optimizer.begin(config.optimizer)
  const resident = await program.resident(update)
  const begin = Object.fromEntries(update.arrays.map((array) => [array, new Float32Array(p.trainableSize)]))
  resident.write({ ...begin, [WEIGHTS]: shared.slice(0, p.trainableSize) })
  const losses: number[] = []
  for (let trainStep = 0; trainStep < steps; trainStep++) {
    const numbers = {
      ...optimizer.next(config.optimizer, told, golden.training[name].rate),
      "clip norm": 1,
      "ema decay": 0,
    }
    const { outputs } = await resident.step(blocks, { seed: 1, trainStep }, { settings, numbers, keys: {} })
    const weight = golden.settings["saturation weight"]
    losses.push(outputs[0].error.reduce((sum, e, lane) => sum + e + weight * outputs[0].cost[lane], 0))
  }
  const weights = await resident.read(WEIGHTS)
  await resident.dispose()
  await program.dispose()
  return { losses, parameters: Object.fromEntries(names.map((tensor) => [tensor, part(p, weights, tensor)])) }
}
