// Generated files are up to date, the JSON Schema accepts what the program accepts, and every source that a
// comment or a default names is in the glossary.

import fs from "node:fs"
import { join } from "node:path"
import { Ajv } from "ajv"
import { describe, expect, it } from "vitest"
import { recipes } from "../recipes/index.ts"
import { generated } from "../scripts/reference.ts"
import { modelNames } from "../src/models/index.ts"
import { modelsFolder, modelNames as trainedModels } from "../src/runs/model.ts"
import { defaultsFor, type PartialConfig, resolveConfig } from "../src/training/config.ts"
import { settable } from "../src/training/settable.ts"
import { sourceFiles } from "./source-files.ts"

const root = join(import.meta.dirname, "..")
const read = (path: string) => fs.readFileSync(join(root, path), "utf8")
const pages = await generated()

it.each([...pages.keys()])("%s is up to date: run node scripts/reference.ts", (path) => {
  expect(read(path)).toBe(pages.get(path))
})

describe("the JSON Schema", () => {
  const validate = new Ajv({ strict: true, strictTuples: false }).compile(JSON.parse(read("config.schema.json")))
  /** The errors of a config, one line each. */
  const faults = (config: object) => {
    validate(JSON.parse(JSON.stringify(config)))
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }

  it.each(recipes.map(({ name, config }) => [name, config] as const))("accepts the recipe %s", (_, config) => {
    expect(faults(config)).toEqual([])
    expect(faults(resolveConfig(config))).toEqual([])
  })

  it.each(modelNames)("accepts the defaults of %s", (name) => expect(faults(defaultsFor(name))).toEqual([]))

  it.each(trainedModels())("accepts the config.json of the model %s", (name) => {
    expect(faults(JSON.parse(fs.readFileSync(join(modelsFolder(), name, "config.json"), "utf8")))).toEqual([])
  })

  it("accepts an empty config, the place of the schema, and parts without their names", () => {
    expect(faults({})).toEqual([])
    expect(faults({ $schema: "./config.schema.json", model: { maps: 12 }, optimizer: {} })).toEqual([])
    expect(faults({ phases: [{ schedule: { factor: 0.5 } }, {}] })).toEqual([])
  })

  it("accepts a model of one's own, whose fields it does not know", () => {
    expect(faults({ model: { name: "my-cell", module: "./my-cell.ts", taps: 5 } })).toEqual([])
  })

  it.each<[what: string, config: object]>([
    ["a model that nothing defines", { model: { name: "my-cell", taps: 5 } }],
    ["an unknown field", { stepz: 5 }],
    ["an unknown field of a group", { goal: { sise: 5 } }],
    ["a word for a number", { steps: "many" }],
    ["half a step", { steps: 1.5 }],
    ["a number beyond its range", { phases: [{ dropout: { rate: 1 } }] }],
    ["an unknown model", { model: { name: "rn" } }],
    ["a field of another model", { model: { name: "rnn", maps: 24 } }],
    ["a field of another optimizer", { optimizer: { name: "sgd", beta1: 0.9 } }],
    ["no phase", { phases: [] }],
    ["an unknown technique", { phases: [{ dropot: { rate: 0.1 } }] }],
    ["an end of a phase that is none", { phases: [{ until: "soon" }] }],
    ["sizes that are no ranges", { sizes: [1, 2] }],
    ["null where none is meant", { batchSize: null }],
    ["a config of version 0.1", { rate: { start: 0.02 }, settle: null }],
  ])("refuses %s, as the program does", (_, config) => {
    expect(faults(config)).not.toEqual([])
    expect(() => resolveConfig(config as PartialConfig)).toThrow()
  })
})

describe("the glossary", () => {
  const glossary = read("docs/glossary.md")
  const keys = [...glossary.slice(glossary.indexOf("## Sources")).matchAll(/^- \*\*(.+?)\*\*:/gmu)].map(
    ([, key]) => key,
  )
  const files = sourceFiles("src", "recipes")

  /** The comments of a file as one text without line breaks. */
  const commentsOf = (text: string) =>
    [...text.matchAll(/(?:(?:^|\s)\/\/.*(?:\n\s*\/\/.*)*)|\/\*\*[\s\S]*?\*\//gu)].map(([comment]) =>
      comment.replace(/\n\s*(?:\/\/|\*)?/gu, " "),
    )
  /** The sources in a bracket: "[KS16 §3; Graves 2013: 10]". */
  const worksIn = (comment: string) =>
    [...comment.matchAll(/\[([^[\]]+)\]/gu)]
      .map(([, inside]) => inside)
      .filter((inside) => /\b(?:19|20)\d\d\b|§|\bcode\b/u.test(inside) || keys.includes(inside))
      .flatMap((inside) => inside.split("; "))
  const isKnown = (work: string) => {
    const begin = /\b(?:19|20)\d\d\b/u.test(work) ? work.replace(/((?:19|20)\d\d\b).*$/u, "$1") : work
    const key = begin.replace(/(?:,| §|:| eqs? | table ).*$/u, "")
    return keys.some((known) => [begin, key].some((text) => text === known || text.endsWith(` ${known}`)))
  }

  it("has every work that a comment names", () => {
    const found = [...files.values()].flatMap(({ path, text }) =>
      commentsOf(text).flatMap((comment) => worksIn(comment).map((work) => ({ path, work }))),
    )
    expect(found.length).toBeGreaterThan(80)
    expect(found.filter(({ work }) => !isKnown(work))).toEqual([])
  })

  it("has every work that the source of a default names", () => {
    for (const [path, { source }] of settable)
      for (const part of source.split("; "))
        expect(
          part === "" || part.startsWith("ours") || keys.some((key) => part.includes(key)),
          `${path}: ${part}`,
        ).toBe(true)
  })

  it("finds works that are not there", () => {
    expect(worksIn("a [Nobody 1999, §2] b [KS16 §3; NTM, eq. 2] c [L, 1, C]")).toEqual([
      "Nobody 1999, §2",
      "KS16 §3",
      "NTM, eq. 2",
    ])
    expect(["Nobody 1999, §2", "KS17 §3"].map(isKnown)).toEqual([false, false])
    expect(
      ["KS16, §4: each of 729", "in spirit, Polyak 1964", "NTM, eq. 2", "Langford, Li & Zhang 2009"].map(isKnown),
    ).toEqual([true, true, true, true])
  })

  it("is all that comments point at: no texts that readers do not have", () => {
    for (const { path, text } of files.values())
      expect(commentsOf(text).join("\n"), path).not.toMatch(/seed text|facts of the project|\bT[12]\b|\bbrief\b/u)
  })
})
