// Models of one's own in a program: they train by the library, with checks and defaults like the package's.

import { describe, expect, it } from "vitest"
import gatedConv from "../../examples/custom-cell.ts"
import { createBackend, defineModel, resolveConfig, train, useModel, whole } from "../../src/index.ts"
import { gru, linear } from "../../src/layers/index.ts"

const small = { sizes: [[1, 3]] as [number, number][], goal: { size: 6, samples: 16 } }

/** The mean loss of the first and of the last ten of some steps. */
async function losses(config: Parameters<typeof train>[0]): Promise<[first: number, last: number]> {
  const { backend } = await createBackend("wasm", { workers: 1 })
  const errors: number[] = []
  for await (const event of train(config, { backend })) if (event.type === "step") errors.push(event.error)
  const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length
  return [mean(errors.slice(0, 10)), mean(errors.slice(-10))]
}

const twoGrus = defineModel({
  name: "two-grus",
  kind: "sequence",
  fields: { units: whole(24, "Numbers in the state of a layer.", { min: 1 }) },
  cell: (g, { units }) => ({
    begin: [g.zeros([1, 1, units]), g.zeros([1, 1, units])],
    step(x, [a, b]) {
      const first = gru(g, "first", { input: x }, a)
      const second = gru(g, "second", { first }, b)
      return { state: [first, second], outputs: { first, second } }
    },
  }),
})

describe("a model of one's own", () => {
  it("with an image learns to copy", async () => {
    const config = { task: { name: "copy" }, model: gatedConv.with({ maps: 12 }), steps: 60, ...small }
    const [first, last] = await losses(config)
    expect(last).toBeLessThan(first / 3)
  })

  it("with a cell learns a little, on symbols and on vectors", async () => {
    const [first, last] = await losses({ task: { name: "copy" }, model: twoGrus, steps: 60, ...small })
    expect(last).toBeLessThan(0.9 * first)
    const vectors = await losses({ task: { name: "copy-vectors" }, model: twoGrus, steps: 3, sizes: [[1, 2]] })
    expect(vectors.every(Number.isFinite)).toBe(true)
  })

  it("has a config of plain JSON, which resolves to itself", () => {
    const config = resolveConfig({ task: { name: "copy" }, model: twoGrus.with({ units: 7 }) })
    expect(config.model).toEqual({ name: "two-grus", module: null, units: 7 })
    expect(resolveConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
    expect(config.optimizer.name).toBe("adam") // trains as the recurrent models do
  })

  it("refuses options that it lacks, tasks that it cannot learn, and a second model of its name", () => {
    expect(() => twoGrus.with({ units: 0 })).toThrow("two-grus.units: got 0, expected a whole number of at least 1")
    expect(() => twoGrus.with({ layers: 2 } as object)).toThrow('two-grus: there is no "layers"')
    expect(() => resolveConfig({ task: { name: "copy-vectors" }, model: gatedConv })).toThrow(
      'got "minimal-gated-conv", expected a model that learns vectors',
    )
    useModel(twoGrus)
    const other = defineModel({
      name: "two-grus",
      kind: "sequence",
      cell: () => ({ begin: [], step: () => ({ state: [], outputs: {} }) }),
    })
    expect(() => useModel(other)).toThrow('two models are called "two-grus"')
  })

  it.each<[what: string, definition: object, sentence: string]>([
    ["nothing", {}, "defineModel: name: got undefined, expected small letters"],
    ["no kind", { name: "a" }, "defineModel: kind of a: got undefined, expected one of image, sequence, graph"],
    ["no step", { name: "a", kind: "image" }, "defineModel: step of a: got undefined, expected a function"],
    [
      "no tasks",
      { name: "a", kind: "graph", steps: () => 1, build: () => {} },
      'defineModel: learns of a: got undefined, expected a list of kinds of tasks, such as ["symbols"]',
    ],
  ])("refuses a definition with %s", (_, definition, sentence) => {
    expect(() => defineModel(definition as Parameters<typeof defineModel>[0])).toThrow(sentence)
  })

  it("of any graph is built with its options and its task's signature", () => {
    const told: unknown[] = []
    const model = defineModel({
      name: "any-graph",
      kind: "graph",
      learns: ["symbols"],
      fields: { depth: whole(2, "Layers.") },
      steps: (length) => 3 * length,
      build(g, { depth }, signature) {
        told.push(depth, signature)
        const x = g.lane("symbols", ["L", 1, 1])
        const logits = linear(g, "y", { x }, { channels: 3 })
        const zero = g.zeros([1, 1, 1])
        return { logits, error: zero, cost: zero, loss: zero }
      },
    })
    const { family } = model
    const signature = { kind: "symbols", symbols: 3 } as const
    family.build({ depth: 5 }, signature, { training: true, noise: false, dropoutByLength: false })
    expect([told, family.steps(signature, 4)]).toEqual([[5, signature], 12])
  })
})
