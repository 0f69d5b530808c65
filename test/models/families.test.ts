// Every model family: it learns, refuses what it does not support, and configs without a model's name mean
// the Neural GPU.

import { describe, expect, it } from "vitest"
import type { Backend } from "../../src/backends/backend.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { modelNames as familyNames, type GraphTechnique, graphTechniques, modelFamily } from "../../src/models/index.ts"
import { loadModel, modelNames } from "../../src/runs/model.ts"
import { findTask } from "../../src/tasks/index.ts"
import { vectorTasks } from "../../src/tasks/vectors/index.ts"
import { defaultsFor, type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { StepEvent } from "../../src/training/events.ts"
import { train } from "../../src/training/trainer.ts"

/** Small enough for a test: every family must have an entry. */
const small: Readonly<Record<string, object>> = {
  "neural-gpu": { maps: 12 },
  rnn: { units: 24 },
  gru: { units: 24 },
  lstm: { units: 24 },
  "lstm-attention": { units: 16, layers: 2 },
  "stack-rnn": { units: 24, stacks: 4 },
  ntm: { units: 24, slots: 8, width: 6 },
  residual: { maps: 4, pooling: "strided" },
}
/** The backend that compiles fastest. */
const backend: Backend = wasm(2)

/** A Neural GPU without dropout before the trained sizes are learned. */
const withoutDropout = {
  learningRate: 0.02,
  phases: [{ until: "learned", dropout: { rate: 0 }, restart: { enabled: false } }, {}],
} as const satisfies PartialConfig

describe.each(familyNames)("%s", (name) => {
  const model = { name, ...small[name] } as PartialConfig["model"]

  const { learns } = modelFamily(name)

  it.skipIf(!learns.includes("symbols"))(
    "learns to reverse short sequences, of different lengths in one batch",
    async () => {
      const config = resolveConfig({
        task: { name: "reverse" },
        model: model as NonNullable<typeof model>,
        steps: 400,
        sizes: [[1, 3]],
        batchSize: 32,
        ...(name === "neural-gpu" ? withoutDropout : { learningRate: 0.01 }),
        learned: { every: 1000 },
      })
      let right = 0
      for await (const event of train(config, backend))
        if (event.type === "step") right = 0.95 * right + 0.05 * event.symbol
      expect(right).toBeGreaterThan(0.93)
    },
  )

  it("refuses options and techniques that it does not have", () => {
    const task = { name: learns.includes("images") ? "shapes" : "add" }
    const refuse = (config: object) => () => resolveConfig({ task, model, ...config } as PartialConfig)
    expect(refuse({ model: { ...model, twist: 3 } })).toThrow(/model: there is no "twist", .*; model is /)
    for (const [technique, options] of Object.entries({
      dropout: { rate: 0.5 },
      noise: { max: 0.5 },
      saturation: { weight: 0.1 },
    } as const)) {
      const given = refuse({ phases: [{ [technique]: options }] })
      if (graphTechniques(defaultsFor(name).model).includes(technique as GraphTechnique)) expect(given).not.toThrow()
      else
        expect(given).toThrow(new RegExp(`phases\\.0\\.${technique}: got .*, expected it off: the model ${name} does`))
    }
  })
})

async function steps(given: PartialConfig): Promise<StepEvent[]> {
  const events: StepEvent[] = []
  for await (const event of train(resolveConfig(given), backend)) if (event.type === "step") events.push(event)
  return events
}
const mean = (events: readonly StepEvent[]) => events.reduce((sum, e) => sum + e.error, 0) / events.length

describe("other kinds of task", () => {
  it.each(vectorTasks.map((t) => t.name))(
    "%s: an NTM, an LSTM and a stack RNN learn something, and bits are told",
    async (name) => {
      const size = Math.max(findTask(name).minSize, 4)
      for (const model of [
        { name: "ntm", units: 16, slots: 8, width: 4 },
        { name: "lstm", units: 16 },
        { name: "stack-rnn", units: 16, stacks: 3 },
      ] as const) {
        const given: PartialConfig = {
          task: { name },
          model,
          learningRate: 0.01,
          steps: 40,
          sizes: [[size, size]],
          learned: { every: 1000 },
        }
        const events = await steps(given)
        for (const { bits, error } of events) expect(bits).toBeCloseTo(error / Math.LN2, 3)
        // a random 6-gram is not learned in forty steps, but it has a bound
        if (name === "n-grams") expect(events[0].bound).toBeGreaterThan(0)
        else expect(mean(events.slice(-5)), model.name).toBeLessThan(mean(events.slice(0, 5)))
      }
    },
  )

  it("shapes: a residual net goes down with every pooling", async () => {
    for (const pooling of ["strided", "spectral", "diffstride"] as const) {
      const model = { name: "residual", maps: 4, pooling } as const
      const events = await steps({ task: { name: "shapes" }, model, learningRate: 0.01, steps: 20 })
      expect(mean(events.slice(-5)), pooling).toBeLessThan(mean(events.slice(0, 5)))
    }
  })

  it("a model refuses a kind of task that it does not learn", () => {
    expect(() => resolveConfig({ task: { name: "copy-vectors" }, model: { name: "neural-gpu" } })).toThrow(
      'model.name: got "neural-gpu", expected a model that learns vectors, as copy-vectors is',
    )
    expect(() => resolveConfig({ task: { name: "add" }, model: { name: "residual" } })).toThrow(/learns symbols/)
  })
})

describe("conditions between the options of a model", () => {
  const pairs = (a: number, b: number, c: number, d: number) => [[a, b], [c, d]] as const // biome-ignore format: pairs
  const shapes = (model: object) => ({ task: { name: "shapes" }, model: { name: "residual", ...model } })
  const vectors = (model: object) => ({ task: { name: "copy-vectors" }, model: { name: "ntm", ...model } })
  it.each<[string, object, string, object]>([
    [
      "a cutoff",
      { model: { form: "diagonal", cutoff: 1.3 } },
      "model.cutoff",
      { model: { form: "original", cutoff: 1.3 } },
    ],
    ["a shift", vectors({ slots: 4, shift: 2 }), "model.shift", vectors({ slots: 5, shift: 2 })],
    ["strides", shapes({ strides: pairs(2, 2, 0.5, 2) }), "model.strides", shapes({ strides: pairs(2, 2, 1, 2) })],
    [
      "strides of a convolution",
      shapes({ pooling: "strided", strides: pairs(2, 2.5, 2, 2) }),
      "model.strides",
      shapes({ pooling: "diffstride", strides: pairs(2, 2.5, 2, 2) }),
    ],
    ["a range of strides", shapes({ least: 3, most: 3 }), "model.least", shapes({ least: 2, most: 3 })],
    ["a crop", shapes({ crop: pairs(1, 0.5, 1, 1) }), "model.crop", shapes({ crop: pairs(1, 1, 1, 1) })],
  ])("%s", (_, refused, path, accepted) => {
    expect(() => resolveConfig(refused)).toThrow(new RegExp(`^${path.replace(".", "\\.")}: got .*, expected `))
    expect(() => resolveConfig(accepted)).not.toThrow()
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
