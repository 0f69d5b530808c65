// The form of the page "Train": one table, from which the config of a run follows.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { recipes } from "../../recipes/index.ts"
import { taskFamilies } from "../../src/tasks/index.ts"
import { defaultConfig, longestSize, resolveConfig } from "../../src/training/config.ts"
import { startRateOf } from "../../src/training/update.ts"
import { choose, configOf, curricula, type Form, formFields, optionsOf, titleOf } from "../../web/src/train-form.ts"

const tasks = taskFamilies.map(({ name }) => name)
const models = optionsOf({}, "model").map(({ value }) => value)
/** Choices, made one after the other. */
const chosen = (...choices: readonly Form[]) =>
  choices.reduce<Form>(
    (form, choice) =>
      Object.entries(choice).reduce((form, [name, value]) => choose(form, name as never, value as never), form),
    {},
  )

describe("the config of a form", () => {
  it("is the recipe of its task where nothing is chosen", () => {
    expect(configOf({})).toEqual(resolveConfig(recipes[0].config))
    for (const { name, config } of recipes.filter(({ name }) => tasks.includes(name)))
      expect(configOf({ task: name }), name).toEqual(resolveConfig(config))
    expect(configOf({ task: "search" })).toEqual(resolveConfig({ task: { name: "search" } }))
  })

  it.each(models)("resolves for every task: %s", (model) => {
    for (const task of tasks) {
      const config = configOf({ task, model, seed: 7, sizes: "2" })
      expect(config).toMatchObject({ task: { name: task }, seed: 7, sizes: curricula[2].sizes })
      expect(config.model.name === "neural-gpu" ? config.model.form : config.model.name).toBe(model)
    }
  })

  it("resolves for all choices together; what a model does not have is left aside", () => {
    const form = fc.record(
      {
        task: fc.constantFrom(...tasks),
        model: fc.constantFrom(...models),
        maps: fc.integer({ min: 3, max: 128 }),
        copies: fc.integer({ min: 1, max: 12 }),
        dropout: fc.integer({ min: 0, max: 50 }).map((percent) => percent / 100),
        learningRate: fc.integer({ min: 1, max: 20_000 }).map((n) => n / 100_000),
        sizes: fc.constantFrom("0", "1", "2"),
        seed: fc.nat({ max: 99_999 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(form, (form) => {
        const config = configOf(form)
        for (const [name, value] of Object.entries(form)) {
          const field = formFields[name as keyof Form]
          if (field.has(config)) expect(field.of(config), name).toBe(value)
        }
        expect(resolveConfig(config)).toEqual(config)
      }),
      { numRuns: 60 },
    )
  })

  it("has the dropout that is chosen in all phases", () => {
    expect(configOf({ dropout: 0.1 }).phases.map(({ dropout }) => dropout.rate)).toEqual([0.1, 0.1])
    expect(configOf({ task: "mul" }).phases.map(({ dropout }) => dropout.rate)).toEqual([0.1, 0, 0])
  })

  it("derives the learning rate from the maps unless somebody chose one", () => {
    expect(startRateOf(configOf({ maps: 12 }))).toBe(0.04)
    expect(configOf({ maps: 12 }).learningRate).toBeNull()
    expect(startRateOf(configOf(chosen({ learningRate: 0.01 }, { maps: 12 })))).toBe(0.01)
  })

  it("asks a shorter curriculum to generalize to ten times its own sizes, not the recipe's", () => {
    const { goal, sizes } = configOf({ task: "copy", sizes: "2" })
    expect([longestSize({ sizes }), goal.size, goal.confirm]).toEqual([8, 80, null])
    expect(configOf({ task: "add", sizes: "0" })).toEqual(configOf({ task: "add" }))
  })

  it("lets copies come together in the page's time, where every step is looked at", () => {
    const factor = (form: Form) => configOf(form).phases[0].relaxation.factor
    expect(factor({ copies: 3 })).toBe(1.05)
    expect(factor({})).toBe(defaultConfig.phases[0].relaxation.factor)
    expect(factor({ model: "original", copies: 3 })).toBe(factor({ model: "original" }))
  })
})

describe("a choice", () => {
  it("of another task brings that task's numbers; model and seed stay", () => {
    const form = chosen({ maps: 6, dropout: 0.4, learningRate: 0.01, sizes: "2", seed: 7 }, { task: "mul" })
    expect(form).toEqual({ task: "mul", seed: 7 })
    expect(configOf(form).model).toMatchObject({ maps: 96 })
    expect(chosen({ model: "gru" }, { task: "sort" })).toEqual({ task: "sort", model: "gru" })
  })

  it("that changes nothing is none, and neither is an emptied field", () => {
    expect(chosen({ maps: 24, task: "add", dropout: 0.25, sizes: "0", model: "diagonal" })).toEqual({})
    expect(choose({ maps: 12 }, "maps", undefined)).toEqual({})
  })

  it("among curricula has the task's own, where it is none of the page's", () => {
    const labels = (form: Form) => optionsOf(form, "sizes").map(({ label }) => label)
    expect(labels({ task: "copy", sizes: "2" })).toEqual([
      "1 to 41, in 6 groups (the task's own)",
      ...curricula.map(({ title }) => title),
    ])
    expect(labels({ task: "add" })).toEqual(curricula.map(({ title }) => title))
    expect(choose({ task: "copy", sizes: "2" }, "sizes", "own")).toEqual({ task: "copy" })
  })
})

it("fields that a model does not have are not shown", () => {
  const shown = (form: Form) => Object.entries(formFields).flatMap(([name, f]) => (f.has(configOf(form)) ? [name] : []))
  expect(shown({})).toEqual(Object.keys(formFields))
  expect(shown({ model: "lstm" })).toEqual(["task", "model", "learningRate", "sizes", "seed"])
})

it("runs of different models have different names", () => {
  expect(titleOf(configOf({ task: "reverse", model: "gru" }))).toBe("reverse, GRU, seed 1")
  expect(titleOf(configOf({ task: "reverse" }))).toBe("reverse, Neural GPU, diagonal (2017), seed 1")
})
