// Every family of models, by the list: it learns, is refused what it cannot do, and old configs without a name stay Neural GPUs.

import { describe, expect, it } from "vitest"
import type { Backend } from "../../src/backends/backend.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { modelFamilies } from "../../src/models/index.ts"
import { loadModel, modelNames } from "../../src/runs/model.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import { train } from "../../src/training/trainer.ts"
import { candidates } from "../engine.ts"

/** Small enough for a test: every family must have an entry. */
const small: Readonly<Record<string, object>> = {
  "neural-gpu": { maps: 12 },
  rnn: { units: 24 },
  gru: { units: 24 },
  lstm: { units: 24 },
  ntm: { units: 24, slots: 8, width: 6 },
}
const backend: Backend = candidates[0]?.create(2) ?? wasm(2)

describe.each(modelFamilies.map((f) => f.name))("%s", (name) => {
  const model = { name, ...small[name] } as PartialConfig["model"]

  it("learns to reverse and to copy short sequences, of different lengths in one batch", async () => {
    const config = resolveConfig({
      task: { name: "reverse" },
      model: model as NonNullable<typeof model>,
      steps: 400,
      batch: { groups: [[1, 3]], examples: 32, structured: 0 },
      ...(name === "neural-gpu" ? { keep: 1, restart: { enabled: false } } : { rate: { start: 0.01 } }),
      fit: { every: 1000 },
    })
    let right = 0
    for await (const event of train(config, backend))
      if (event.type === "step") right = 0.95 * right + 0.05 * event.symbol
    expect(right).toBeGreaterThan(0.93)
  })

  it("refuses options and techniques that it does not have", () => {
    const refuse = (config: object) => () => resolveConfig({ model, ...config } as PartialConfig)
    expect(refuse({ model: { ...model, twist: 3 } })).toThrow(/model\.twist: .* has no such option/)
    const family = modelFamilies.find((f) => f.name === name)
    const without = (technique: "dropout" | "noise") => !family?.techniques.includes(technique)
    if (without("dropout")) expect(refuse({ keep: 0.5 })).toThrow(`keep: got 0.5, expected 1: the model ${name} knows`)
    if (without("noise")) expect(refuse({ noise: 0.5 })).toThrow(`noise: got 0.5, expected 0: the model ${name} knows`)
  })
})

it("an unknown model is told with those that there are", () => {
  expect(() => resolveConfig({ model: { name: "gpu" } as never })).toThrow(
    /model\.name: got "gpu", expected one of neural-gpu, rnn/,
  )
})

it("a config without a model's name is a Neural GPU's, as the shipped ones are", () => {
  expect(resolveConfig({ model: { maps: 9 } }).model).toMatchObject({ name: "neural-gpu", maps: 9, form: "diagonal" })
  for (const name of modelNames()) expect(loadModel(name).config.model.name).toBe("neural-gpu")
})
