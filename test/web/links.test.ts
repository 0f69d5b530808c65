// What the page shows is in its link: whoever opens it sees the same. Whatever a link says, the page opens.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { modelFamilies } from "../../src/models/index.ts"
import { taskFamilies } from "../../src/tasks/index.ts"
import { curricula, fillForm, form, linkOf, startForm } from "../../web/src/train-form.ts"
import { defaultState, type PageState, readUrl, writeUrl } from "../../web/src/url.ts"

const reopened = (state: PageState) => readUrl(writeUrl(state))
const channel = fc.nat({ max: 200 })
const numbers = fc.tuple(channel, channel, channel)

describe("a link opens what it was taken from", () => {
  it("a film, wherever one stands in it", () => {
    const film = fc.record({
      question: fc.string({ unit: fc.constantFrom("0", "1", "+", "*", " ", "&", "=", "#", "%", "×", "?") }),
      notation: fc.constantFrom("binary" as const, "decimal" as const),
      tensor: fc.constantFrom("state", "read0/weights", "stacks"),
      view: fc.constantFrom("grid" as const, "one" as const, "three" as const),
      channels: numbers,
      difference: fc.boolean(),
      step: fc.option(fc.nat({ max: 4000 }), { nil: undefined }),
    })
    const model = fc.constantFrom("add", "mul", "my run 3")
    const cell = fc.option(numbers, { nil: undefined })
    fc.assert(
      fc.property(film, model, cell, ({ step, ...film }, model, cell) => {
        const shown = { ...film, ...(step === undefined ? {} : { step }) }
        const state: PageState = { ...defaultState, model, film: shown, ...(cell ? { cell } : {}) }
        expect(reopened(state)).toEqual({ state, notes: [] })
      }),
    )
  })

  it("a lesson", () => {
    for (const lesson of [1, 2, 7]) {
      const state: PageState = { ...defaultState, page: "lessons", lesson }
      expect(reopened(state)).toEqual({ state, notes: [] })
    }
  })

  it("the form of a run, of every task and model that it offers", () => {
    const models = modelFamilies.filter(({ name, learns }) => name !== "neural-gpu" && learns.includes("symbols"))
    const filled = fc.record({
      task: fc.constantFrom(...taskFamilies.map(({ name }) => name)),
      form: fc.constantFrom("diagonal", "original", ...models.map(({ name }) => name)),
      maps: fc.integer({ min: 3, max: 128 }),
      copies: fc.integer({ min: 1, max: 12 }),
      keep: fc.integer({ min: 50, max: 100 }).map((percent) => percent / 100),
      rate: fc.integer({ min: 1, max: 1000 }).map((n) => n / 10_000),
      curriculum: fc.constantFrom(...(Object.keys(curricula) as (keyof typeof curricula)[])),
      seed: fc.nat({ max: 99_999 }),
    })
    fc.assert(
      fc.property(filled, (filled) => {
        const chosen = { ...startForm(filled.task), ...filled }
        const { state, notes } = reopened({ ...defaultState, page: "train", train: linkOf(chosen) })
        expect([...notes, ...fillForm(state.train)]).toEqual([])
        expect(form.value).toEqual(chosen)
      }),
    )
  })
})

describe("a link that is broken", () => {
  it("opens the page at its beginning, or with what could be read, and says that something was not", () => {
    for (const broken of ["#v=9&page=train", "#page=train", "#v=1&view=round", "#v=1&page=train&maps=1e9", "#v=1&x=1"])
      expect(readUrl(broken).notes, broken).toHaveLength(1)
    expect(readUrl("#v=1&page=train&maps=12&rate=-1").state).toMatchObject({ page: "train", train: { maps: 12 } })
    expect(readUrl("")).toEqual({ state: defaultState, notes: [] })
  })

  it("names a task or a model that is not there, and keeps the rest", () => {
    expect(fillForm({ task: "divide", seed: 7 })).toHaveLength(1)
    expect(form.value.seed).toBe(7)
    expect(fillForm({ task: "sort", form: "transformer" })).toHaveLength(1)
    expect(form.value.task).toBe("sort")
  })

  it("is read to something that can be written and read again, whatever it says", () => {
    const key = fc.constantFrom(
      "v",
      "page",
      "q",
      "t",
      "ch",
      "cell",
      "view",
      "task",
      "maps",
      "keep",
      "rate",
      "seed",
      "x",
    )
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("1", "train", "watch", "-1", "0.1.2", "1e999"),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), fc.boolean(), (pairs, versioned) => {
        const { state } = readUrl(`#${new URLSearchParams([...(versioned ? [["v", "1"]] : []), ...pairs])}`)
        const again = reopened(state)
        expect(again.notes).toEqual([])
        expect(writeUrl(again.state)).toBe(writeUrl(state))
      }),
    )
  })
})
