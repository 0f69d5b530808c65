// Fields and groups of fields: types of values, defaults, merging, and the sentence of each refusal.

import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import {
  choice,
  custom,
  type Field,
  name,
  number,
  orNull,
  parseValue,
  share,
  whole,
  yesNo,
} from "../../src/schema/field.ts"
import { check, defaultsOf, fieldAt, leavesOf, merged, requireGroups, type Variants } from "../../src/schema/fields.ts"

const shape = {
  kind: "variants",
  of: {
    circle: { radius: number(1, "Radius.", { above: 0 }) },
    box: { width: number(2, "Width.", { min: 0 }), height: number(3, "Height.", { min: 0 }) },
    point: {},
  },
  default: "circle",
  about: "The shape.",
  flag: "--shape <name>",
} as const satisfies Variants
const fields = {
  title: name("none", "A title."),
  size: { least: whole(1, "The least.", { min: 0 }), list: custom(v.array(v.number()), "a list", [1], "Some.") },
  shape,
}
const defaults = { title: "none", size: { least: 1, list: [1] }, shape: { name: "circle", radius: 1 } }

const refusal = (values: unknown, at = "") => {
  try {
    check(fields, values, at)
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return (error as Error).message
  }
  return undefined
}
const takes = (field: Field<never> | Field, value: unknown) => v.is(field.schema, value)

describe("a field", () => {
  it("takes the values of its range, and says which they are", () => {
    const cases: [Field, string, unknown[], unknown[]][] = [
      [number(1, ""), "a number", [0, -1.5, 1e300], [Number.NaN, Number.POSITIVE_INFINITY, "1", null, true]],
      [number(1, "", { min: 0, max: 2 }), "a number from 0 to 2", [0, 2], [-1e-9, 2.1]],
      [number(1, "", { min: 0, below: 2 }), "a number of at least 0, below 2", [0, 1.99], [2]],
      [number(1, "", { above: 0, max: 2 }), "a number above 0, at most 2", [2, 1e-9], [0]],
      [whole(1, "", { min: 1 }), "a whole number of at least 1", [1, 7], [0, 1.5, 2 ** 60]],
      [share(1, ""), "a number from 0 to 1", [0, 0.5, 1], [-0.1, 1.1]],
      [yesNo(true, ""), "true or false", [true, false], [0, "true"]],
      [choice(["a", "b"], "a", ""), "one of a, b", ["a", "b"], ["c", "", 1]],
      [name("x", ""), "a name", ["anything"], ["", 1]],
      [orNull(whole(1, "", { min: 1 }), null), "null, or a whole number of at least 1", [null, 3], [0, undefined]],
    ] as [Field, string, unknown[], unknown[]][]
    for (const [field, expected, good, bad] of cases) {
      expect(field.expected).toBe(expected)
      for (const value of good) expect(takes(field, value), `${expected}: ${value}`).toBe(true)
      for (const value of bad) expect(takes(field, value), `${expected}: ${value}`).toBe(false)
    }
  })

  it("keeps its sentence, source and option where it may be null", () => {
    const field = orNull(number(1, "About.", { source: "S", flag: "--x <y>" }), null)
    expect(field).toMatchObject({ about: "About.", source: "S", flag: "--x <y>", default: null })
  })

  it("reads text as JSON or as a word; none is null", () => {
    expect(["0.5", "none", "null", "[[1,2]]", "true", "copy", "1e-3"].map(parseValue)).toEqual([
      0.5,
      null,
      null,
      [[1, 2]],
      true,
      "copy",
      0.001,
    ])
  })
})

describe("a group", () => {
  it("has its defaults, new ones each time", () => {
    expect(defaultsOf(fields)).toEqual(defaults)
    expect(defaultsOf(fields).size.list).not.toBe(defaultsOf(fields).size.list)
  })

  it("lists its leaves: variants by their name and the fields of all, each once", () => {
    const paths = leavesOf(fields).map(({ path }) => path)
    expect(paths.slice(0, 4)).toEqual(["title", "size.least", "size.list", "shape.name"])
    expect(paths.slice(4).sort()).toEqual(["shape.height", "shape.radius", "shape.width"])
    expect(leavesOf(fields).find(({ path }) => path === "shape.name")?.field).toMatchObject({
      expected: "one of circle, box, point",
      flag: "--shape <name>",
    })
  })

  it("finds the field at a path; of variants that of the one in the values", () => {
    const at = (path: string, values: unknown = defaults) => fieldAt(fields, values, path.split("."))
    expect(at("title")).toBe(fields.title)
    expect(at("size.least")).toBe(fields.size.least)
    expect(at("shape.radius")).toBe(shape.of.circle.radius)
    expect(at("shape.width")).toBe(undefined)
    expect(at("shape.width", { shape: { name: "box" } })).toBe(shape.of.box.width)
    expect(at("shape.name")?.expected).toBe("one of circle, box, point")
    for (const path of [
      "",
      "size",
      "shape",
      "title.length",
      "size.most",
      "toString",
      "shape.name.length",
      "size.least.x",
    ])
      expect(at(path), path).toBe(undefined)
  })

  it("merges what is given over what there is, at any depth", () => {
    expect(merged(fields, defaults, undefined)).toEqual(defaults)
    expect(merged(fields, defaults, { title: undefined })).toEqual(defaults)
    expect(merged(fields, defaults, { size: { list: [] } })).toEqual({ ...defaults, size: { least: 1, list: [] } })
    expect(merged(fields, defaults, { shape: { radius: 5 } }).shape).toEqual({ name: "circle", radius: 5 })
  })

  it("another variant begins from its own defaults, the same one from what there is", () => {
    const box = merged(fields, defaults, { shape: { name: "box", width: 7 } })
    expect(box.shape).toEqual({ name: "box", width: 7, height: 3 })
    expect(merged(fields, box, { shape: { name: "box", height: 1 } }).shape).toEqual({
      name: "box",
      width: 7,
      height: 1,
    })
    expect(merged(fields, box, { shape: { name: "point" } }).shape).toEqual({ name: "point" })
  })

  it("does not change what it merges", () => {
    const before = structuredClone(defaults)
    merged(fields, defaults, { size: { least: 9 }, shape: { name: "box" } })
    expect(defaults).toEqual(before)
  })
})

describe("a check", () => {
  const { title: _, ...untitled } = defaults

  it("takes what is right", () => {
    expect(refusal(defaults)).toBe(undefined)
    expect(refusal({ ...defaults, shape: { name: "point" } })).toBe(undefined)
  })

  it("tells one sentence of what is not, with its path", () => {
    expect(refusal({ ...defaults, size: { least: -1, list: [] } })).toBe(
      "size.least: got -1, expected a whole number of at least 0",
    )
    expect(refusal({ ...defaults, size: { least: Number.NaN, list: [] } }, "config")).toBe(
      "config.size.least: got NaN, expected a whole number of at least 0",
    )
    expect(refusal(untitled)).toBe("title: got undefined, expected a name")
    expect(refusal({ ...defaults, size: 5 })).toBe("size: got 5, expected an object with least, list")
    expect(refusal(null, "config")).toBe("config: got null, expected an object with title, size, shape")
    expect(refusal([], "config")).toBe("config: got [], expected an object with title, size, shape")
  })

  it("tells unknown names with those that there are, and the nearest", () => {
    expect(refusal({ ...defaults, titel: 1 })).toBe(
      'config: there is no "titel", expected one of title, size, shape (did you mean title?)',
    )
    expect(refusal({ ...defaults, size: { ...defaults.size, most: 1 } })).toBe(
      'size: there is no "most", expected one of least, list',
    )
    expect(refusal({ ...defaults, shape: { name: "circle", radius: 1, width: 2 } })).toBe(
      'shape: there is no "width", expected one of radius; shape is circle',
    )
    expect(refusal({ ...defaults, shape: { name: "point", radius: 1 } })).toBe(
      'shape: there is no "radius", expected nothing; shape is point',
    )
  })

  it("tells wrong variants", () => {
    expect(refusal({ ...defaults, shape: { name: "cirkle", radius: 1 } })).toBe(
      'shape.name: got "cirkle", expected one of circle, box, point (did you mean circle?)',
    )
    expect(refusal({ ...defaults, shape: "circle" })).toBe(
      'shape: got "circle", expected an object with a name: circle, box, point',
    )
    expect(refusal({ ...defaults, shape: { name: "toString" } })).toMatch(/^shape\.name: got "toString", expected one/)
  })

  it("shortens what is long", () => {
    expect(refusal({ ...defaults, size: { least: "x".repeat(100), list: [] } })).toMatch(
      /^size\.least: got "x{59}…, exp/,
    )
  })

  it("refuses groups that are given as something else, before they are merged", () => {
    expect(() => requireGroups(fields, { size: null })).toThrow("size: got null, expected an object with least, list")
    expect(() => requireGroups(fields, { shape: "box" })).toThrow(/^shape: got "box", expected an object with a name/)
    expect(() => requireGroups(fields, { title: 5, size: undefined, other: 1 })).not.toThrow()
  })
})
