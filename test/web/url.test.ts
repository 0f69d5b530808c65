// The link of the page holds what it shows, so that others see the same. The page opens with any link.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { taskFamilies } from "../../src/tasks/index.ts"
import { type Form, optionsOf } from "../../web/src/train-form.ts"
import { readForm, writeForm } from "../../web/src/train-link.ts"
import { defaultState, type PageState, placeOf, readUrl, writeUrl } from "../../web/src/url.ts"

const reopened = (state: PageState) => readUrl(writeUrl(state))
/** What the page "Train" makes of a link. */
const opened = (link: string) => {
  const { state, notes } = readUrl(link)
  const { form, notes: more } = readForm(state.train)
  return { form, notes: [...notes, ...more] }
}
const formLink = (form: Form) => writeUrl({ ...defaultState, page: "train", train: writeForm(form) })
const channel = fc.nat({ max: 200 })
const triple = fc.tuple(channel, channel, channel)
const optional = { requiredKeys: [] as never[] }

describe("a link opens what it was taken from", () => {
  it("a film, wherever one stands in it", () => {
    const film = fc.record(
      {
        question: fc.string({ unit: fc.constantFrom("0", "1", "+", "*", " ", "&", "=", "#", "%", "×", "?", "\n") }),
        step: fc.nat({ max: 4000 }),
        cell: triple,
      },
      optional,
    )
    const look = fc.record({
      notation: fc.constantFrom("binary", "decimal"),
      tensor: fc.constantFrom("state", "read0/weights", "stacks"),
      view: fc.constantFrom("grid", "one", "three"),
      channels: triple,
      difference: fc.boolean(),
    })
    fc.assert(
      fc.property(film, look, fc.constantFrom("add", "mul", "my run 3"), (film, look, model) => {
        const state: PageState = { ...defaultState, model, film: { ...film, ...look } }
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

  it("the form of a run", () => {
    const train = fc.record(
      {
        task: fc.constantFrom(...taskFamilies.map(({ name }) => name)),
        model: fc.constantFrom(...optionsOf({}, "model").map(({ value }) => value)),
        maps: fc.integer({ min: 3, max: 128 }),
        copies: fc.integer({ min: 1, max: 12 }),
        dropout: fc.integer({ min: 0, max: 50 }).map((percent) => percent / 100),
        learningRate: fc.integer({ min: 1, max: 20_000 }).map((n) => Number((n / 100_000).toFixed(5))),
        sizes: fc.constantFrom("0", "1", "2"),
        seed: fc.nat({ max: 99_999 }),
      },
      optional,
    )
    fc.assert(
      fc.property(train, (form) => {
        expect(opened(formLink(form))).toEqual({ form, notes: [] })
      }),
    )
  })
})

describe("a link says", () => {
  it("nothing that is as in the beginning", () => {
    expect(writeUrl({ ...defaultState, page: "train" })).toBe("#v=2&page=train")
    expect(formLink({ maps: 12, learningRate: 0.01 })).toBe("#v=2&page=train&maps=12&lr=0.01")
    expect(writeUrl({ ...defaultState, film: { question: "1+1", view: "grid", difference: false } })).toBe(
      "#v=2&model=add&q=1%2B1",
    )
  })

  it("no question: that of the model's task is asked", () => {
    expect(readUrl("#v=2&model=sort").state.film.question).toBeUndefined()
    expect(readUrl("#v=2").state).toEqual(defaultState)
    expect(readUrl("").state).toEqual(defaultState)
  })
})

describe("a link of version 1", () => {
  it("said what dropout keeps, and called the learning rate so", () => {
    expect(opened("#v=1&page=train&task=sort&form=lstm&keep=0.75&rate=0.02&sizes=2")).toEqual({
      form: { task: "sort", model: "lstm", dropout: 0.25, learningRate: 0.02, sizes: "2" },
      notes: [],
    })
    expect(opened("#v=1&page=train&keep=0.9").form).toEqual({ dropout: 0.1 })
    expect(opened("#v=1&page=train&keep=3").notes).toEqual([`The link's keep is "3", expected a number from 0.5 to 1.`])
    expect(opened("#v=1&page=train&dropout=0.1").notes).toHaveLength(1)
    expect(opened("#v=2&page=train&keep=0.9").notes).toHaveLength(1)
  })
})

describe("another page, lesson or model", () => {
  it("is another place, to which Back returns; another step or question is not", () => {
    const watching = "#v=2&model=add&q=1%2B1"
    for (const same of ["", "#v=2", "#v=2&model=add&q=11%2B1&t=3", "#v=2&lesson=3&maps=4"])
      expect(placeOf(same)).toBe(placeOf(watching))
    const places = [watching, "#v=2&model=mul", "#v=2&page=train", "#v=2&page=lessons", "#v=2&page=lessons&lesson=2"]
    expect(new Set(places.map(placeOf)).size).toBe(places.length)
    expect(placeOf("#v=2&page=train&maps=12")).toBe(placeOf("#v=2&page=train"))
  })
})

describe("a link that is broken", () => {
  it.each([
    [
      "#v=9&page=train",
      `This link is of version "9", this page reads versions 1 and 2: it shows its beginning instead.`,
    ],
    ["#page=train", "This link is of no version, this page reads versions 1 and 2: it shows its beginning instead."],
    ["#v=2&view=round", `The link's view is "round", expected grid, one or three.`],
    ["#v=2&page=train&maps=1e9", `The link's maps is "1e9", expected a number from 3 to 128.`],
    ["#v=2&page=train&maps=3.5", `The link's maps is "3.5", expected a number from 3 to 128.`],
    ["#v=2&page=train&dropout=0.9", `The link's dropout is "0.9", expected a number from 0 to 0.5.`],
    ["#v=2&page=train&task=divide", `The link's task is "divide", expected a task of this page.`],
    ["#v=2&page=train&form=toString", `The link's form is "toString", expected a model of this page.`],
    ["#v=2&ch=1.2", `The link's ch is "1.2", expected three channels such as 0.1.2.`],
    ["#v=2&x=1&y=2&x=3", `The link says "x", "y", which this page does not know; the rest of it counts.`],
  ])("%s", (link, told) => {
    expect(opened(link).notes).toEqual([told])
  })

  it("keeps the rest", () => {
    expect(opened("#v=2&page=train&maps=12&lr=-1&task=divide").form).toEqual({ maps: 12 })
  })

  it("is read to something that can be written and read again, whatever it says", () => {
    const keys = ["v", "page", "q", "t", "ch", "cell", "view", "task", "maps", "keep", "lr", "dropout", "seed", "x"]
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("1", "train", "watch", "-1", "0.1.2", "1e999", "__proto__"),
    )
    const version = fc.constantFrom("1", "2", "3", "__proto__")
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...keys), value)), version, (pairs, version) => {
        const { state } = readUrl(`#${new URLSearchParams([["v", version], ...pairs])}`)
        const again = reopened(state)
        expect(again.notes).toEqual([])
        expect(writeUrl(again.state)).toBe(writeUrl(state))
        const { form } = readForm(state.train)
        expect(opened(formLink(form))).toEqual({ form, notes: [] })
      }),
    )
  })
})
