// The rules of the house that a machine can check: who may import whom, no clocks or hidden randomness, no long files.

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const src = fileURLToPath(new URL("../src", import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.replaceAll("\\", "/"))
  .sort()
const sourceOf = (file: string) => readFileSync(join(src, file), "utf8")
/** Code without comments: what is inside strings stays. */
const codeOf = (file: string) =>
  sourceOf(file)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "")

interface Import {
  readonly from: string
  readonly types: boolean
}
/** What a file imports from this project, as paths under src. */
const importsOf = (file: string): Import[] =>
  [
    ...codeOf(file).matchAll(/(import|export)(\s+type)?\s[^"';]*?from\s+"(\.[^"]+)"|(?:import\(|import\s)"(\.[^"]+)"/g),
  ].map(([, , type, named, bare]) => ({
    from: relative(src, join(src, dirname(file), named ?? bare)).replaceAll("\\", "/"),
    types: type !== undefined,
  }))
const roomOf = (file: string) => file.split("/")[0]

/** Each room, and the rooms whose code it may use; types may come from anywhere. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  core: [],
  kernel: ["core"],
  ops: ["core", "kernel"],
  plan: ["core", "kernel"],
  backends: ["core", "kernel", "plan"],
  layers: ["core", "ops"],
  models: ["core", "ops", "layers"],
  training: ["core", "plan", "ops", "layers", "models", "tasks", "backends", "formats"],
  runs: ["core", "formats", "models", "tasks", "training", "backends"],
  sweep: ["core", "formats", "models", "tasks", "training", "runs", "backends"],
  tasks: ["core"],
  formats: [],
}

describe("imports", () => {
  it.each(files.filter((file) => file.includes("/")))("%s uses only rooms below it", (file) => {
    const allowed = mayUse[roomOf(file)]
    if (!allowed) return // cli and web may use all
    for (const { from, types } of importsOf(file))
      if (!types && from.includes("/") && roomOf(from) !== roomOf(file))
        expect(allowed, `${file} imports ${from}`).toContain(roomOf(from))
  })

  it("finds the imports that there are", () => {
    expect(importsOf("plan/planner.ts")).toContainEqual({ from: "core/graph.ts", types: false })
    expect(importsOf("plan/plan.ts")).toContainEqual({ from: "kernel/language.ts", types: true })
    expect(importsOf("tasks/index.ts").length).toBeGreaterThan(5)
  })

  it("layers, models and training know no concrete backend", () => {
    for (const file of files.filter((f) => ["layers", "models", "training"].includes(roomOf(f))))
      for (const { from } of importsOf(file))
        expect(from, file).not.toMatch(/^backends\/(reference|native|wasm|webgpu)\//)
  })

  it("tasks import only core/rng and core/errors from elsewhere", () => {
    for (const file of files.filter((f) => roomOf(f) === "tasks"))
      for (const { from } of importsOf(file))
        if (roomOf(from) !== "tasks") expect(["core/rng.ts", "core/errors.ts"], file).toContain(from)
  })
})

describe("the page", () => {
  it("reaches no module of Node's through what it imports", () => {
    const web = fileURLToPath(new URL("../web/src", import.meta.url))
    const seen = new Set<string>()
    const visit = (path: string, from: string) => {
      if (seen.has(path)) return
      seen.add(path)
      const code = readFileSync(path, "utf8").replace(/^\s*(?:import|export) type .*$/gm, "")
      expect(code, `${path}, imported by ${from}`).not.toMatch(/from "node:|from "koffi"/)
      for (const [, name] of code.matchAll(/(?:from|import|new URL\()\s*"(\.[^"]+\.tsx?)"/g))
        visit(join(dirname(path), name), path)
    }
    for (const entry of ["main.tsx", "engine/worker.ts"]) visit(join(web, entry), "the page")
    expect(seen.size).toBeGreaterThan(60)
  })
})

describe("source files", () => {
  /** Rooms that may read the clock. */
  const clock = ["cli", "runs"]
  it.each(files)("%s: no clock, no hidden randomness, under 500 lines", (file) => {
    const code = codeOf(file)
    expect(code).not.toMatch(/Math\s*\.\s*random/)
    if (!clock.includes(roomOf(file))) expect(code).not.toMatch(/Date\.now|performance\.now|new Date\(\)/)
    const limit = /^kernel\/(c|wasm[a-z-]*)\.ts$/.test(file) ? 700 : 500
    expect(sourceOf(file).split("\n").length, "lines").toBeLessThanOrEqual(limit + 1)
  })

  it.each(files.filter((f) => ["core", "training"].includes(roomOf(f))))(
    "%s: no power of an unknown exponent",
    (file) => {
      // Math.pow and ** round differently between versions of V8
      for (const [power] of codeOf(file).matchAll(/\*\*\s*\S+|Math\.pow\([^)]*\)/g))
        expect(power).toMatch(/^\*\*\s*-?\d+[),;\s]*$|^\*\* -?\d+/)
    },
  )
})
