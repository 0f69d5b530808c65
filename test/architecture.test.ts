// Rules for the code that a machine can check: imports between folders, no import cycles, no clocks or hidden
// randomness, limits for the length of files and functions.

import { describe, expect, it } from "vitest"
import { circles, sourceFiles } from "./source-files.ts"

const src = sourceFiles("src")
const all = sourceFiles("src", "recipes", "web/src")
const fileOf = (path: string) => {
  const file = all.get(path)
  if (!file) throw new Error(`there is no ${path}`)
  return file
}
const roomOf = (path: string) => path.split("/")[1]

/** Each folder, and the folders that it may use, for code and for types. cli and src/index.ts may use all. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  core: [],
  formats: ["core"],
  kernel: ["core"],
  ops: ["core", "kernel"],
  plan: ["core", "kernel"],
  backends: ["core", "kernel", "plan"],
  layers: ["core", "ops"],
  schema: ["core"],
  models: ["core", "ops", "layers", "schema"],
  tasks: ["core"],
  encoding: ["core", "models", "tasks", "backends"],
  inference: ["core", "plan", "ops", "models", "tasks", "encoding", "backends"],
  attack: ["core", "tasks", "encoding", "inference"],
  training: ["core", "plan", "schema", "models", "tasks", "encoding", "inference", "backends"],
  runs: ["core", "formats", "models", "tasks", "training", "inference", "backends"],
  sweep: ["core", "formats", "tasks", "training", "inference", "runs", "schema"],
}

describe("imports", () => {
  it.each([...src.keys()].filter((path) => mayUse[roomOf(path)]))("%s uses only rooms below it", (path) => {
    for (const { from } of fileOf(path).imports)
      if (roomOf(from) !== roomOf(path))
        expect(mayUse[roomOf(path)], `${path} imports ${from}, and ${roomOf(path)} may use`).toContain(roomOf(from))
  })

  it("finds the imports that there are", () => {
    const found = (path: string) => fileOf(path).imports
    expect(found("src/plan/planner.ts")).toContainEqual({ from: "src/core/graph.ts", types: false, lazy: false })
    expect(found("src/plan/plan.ts")).toContainEqual({ from: "src/kernel/language.ts", types: true, lazy: false })
    expect(found("src/tasks/index.ts").length).toBeGreaterThan(5)
  })

  it("go round in no circle, types included", () => {
    const texts = circles(all).map((circle) => [...circle].sort().join(" and "))
    expect(texts, "circles of imports").toEqual([])
  })

  it("layers, models and training know no concrete backend", () => {
    for (const { path, imports } of src.values())
      if (["layers", "models", "training"].includes(roomOf(path)))
        for (const { from } of imports)
          expect(from, path).not.toMatch(/^src\/backends\/(reference|native|wasm|webgpu)\//)
  })
})

describe("the finder of circles", () => {
  it("finds them, the shortest for each file, and nothing where there is none", () => {
    const files = (imports: Record<string, string[]>) =>
      new Map(
        Object.entries(imports).map(([path, names]) => [
          path,
          { ...fileOf("src/index.ts"), path, imports: names.map((from) => ({ from, types: true, lazy: false })) },
        ]),
      )
    expect(circles(files({ a: ["b"], b: ["c"], c: [] }))).toEqual([])
    expect(circles(files({ a: ["b"], b: ["c"], c: ["a"], d: ["a"] }))).toEqual([["a", "b", "c"]])
    expect(circles(files({ a: ["a"] }))).toEqual([["a"]])
  })
})

describe("code for browsers", () => {
  it.each([
    ["the page", ["web/src/main.tsx", "web/src/engine/worker.ts"], 60],
    ["neural-gpu/browser", ["src/browser.ts"], 60],
    ["neural-gpu/engine", ["src/engine.ts"], 40],
  ] as const)("%s reaches no module of Node's through what it imports", (what, entries, least) => {
    const seen = new Set<string>()
    const visit = (path: string, by: string) => {
      if (seen.has(path)) return
      seen.add(path)
      const { packages, imports } = fileOf(path)
      for (const { from, types } of packages)
        if (!types) expect(from, `${path}, imported by ${by}`).not.toMatch(/^node:|^koffi$/)
      for (const { from, types } of imports) if (!types && all.has(from)) visit(from, path)
    }
    for (const entry of entries) visit(entry, what)
    expect(seen.size).toBeGreaterThan(least)
  })
})

const MOST_LINES = 400
const MOST_LINES_OF_A_FUNCTION = 90

describe("source files", () => {
  it.each([...all.keys()])("%s is not long, and neither are its functions", (path) => {
    const { text, functions } = fileOf(path)
    expect(text.trimEnd().split("\n").length, "lines").toBeLessThanOrEqual(MOST_LINES)
    const long = functions.filter(({ lines }) => lines > MOST_LINES_OF_A_FUNCTION).map(({ name }) => name)
    expect(long, `functions of more than ${MOST_LINES_OF_A_FUNCTION} lines`).toEqual([])
  })

  /** Folders that may read the clock. */
  const clock = ["cli", "runs"]
  it.each([...src.keys()])("%s: no clock, no hidden randomness", (path) => {
    const { code } = fileOf(path)
    expect(code).not.toMatch(/Math\s*\.\s*random/)
    if (!clock.includes(roomOf(path))) expect(code).not.toMatch(/Date\.now|performance\.now|new Date\(\)/)
  })

  it.each([...src.keys()].filter((path) => ["core", "training"].includes(roomOf(path))))(
    "%s: no power of an unknown exponent",
    (path) => {
      // Math.pow and ** round differently between versions of V8
      for (const [power] of fileOf(path).code.matchAll(/\*\*\s*\S+|Math\.pow\([^)]*\)/g))
        expect(power).toMatch(/^\*\*\s*-?\d+[),;\s]*$|^\*\* -?\d+/)
    },
  )
})
