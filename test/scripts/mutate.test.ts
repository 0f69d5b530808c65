// Mutation testing (scripts/mutate.ts): which faults it plants, what it leaves alone, and which tests it
// runs.

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { faultsIn, type Kind } from "../../scripts/mutate/faults.ts"
import { testFiles, testsOf } from "../../scripts/mutate/narrowest.ts"
import { newFolder } from "../runs/folders.ts"

/** The sources with one kind of fault in a line. */
function planted(kind: Kind, source: string): string[] {
  return faultsIn("a.ts", source)
    .filter((fault) => fault.kind === kind)
    .map(({ from, to, after }) => source.slice(0, from) + after + source.slice(to))
}

test.each<[Kind, string, string[]]>([
  ["arithmetic", "y = a + b * 2", ["y = a - b * 2", "y = a + b / 2"]],
  ["comparison", "y = a < b", ["y = a <= b", "y = a >= b"]],
  ["negation", "y = !a", ["y = a"]],
  ["negation", "y = true", ["y = false"]],
  ["constant", "y = 3", ["y = 6", "y = 4", "y = 0"]],
  ["condition", "y = a ? b : c", ["y = true ? b : c", "y = false ? b : c"]],
  ["condition", "y = a && b", ["y = a || b"]],
  ["statement removed", "if (a) count++", ["if (a) {}"]],
  ["early return", "function f() { a(); b() }", ["function f() { a(); return; b() }"]],
  ["swapped arguments", "f(a, b, c)", ["f(b, a, c)", "f(a, c, b)"]],
  ["swapped arguments", "Math.max(a, b)", []],
  ["swapped function", "y = Math.min(a, b)", ["y = Math.max(a, b)"]],
  ["string or field", "y = a.left - a.right", ["y = a.right - a.right", "y = a.left - a.left"]],
])("%s: %s", (kind, source, expected) => {
  expect(planted(kind, source)).toEqual(expected)
})

test("a fault stands where it says, also behind letters that are not ASCII", () => {
  const source = 'const name = "9…9 × 𝟙"\n\n/** 3 < 4 */\nexport const y = a < 5 // a < 6\n'
  const faults = faultsIn("a.ts", source)
  expect(new Set(faults.map(({ line }) => line))).toEqual(new Set([4]))
  for (const { from, to, before } of faults) expect(source.slice(from, to)).toBe(before)
})

test.each([
  ["comments", "// if (a < 3) b()"],
  ["types", "type A = 1 | 2\ninterface B { readonly c: 3 }"],
  ["imports", 'import { a } from "./b.ts"\nexport * from "./c.ts"'],
  ["sentences for people", `x = new UserError(\`got \${a + 1} of \${b} things\`)`],
])("%s are left alone", (_, source) => {
  const left = faultsIn("a.ts", source).filter(({ kind }) => kind !== "statement removed")
  expect(left).toEqual([])
})

test("the tests of a file are those that lead to it, the narrowest first", () => {
  const folder = newFolder()
  const put = (path: string, text: string) => {
    fs.mkdirSync(join(folder, path, ".."), { recursive: true })
    fs.writeFileSync(join(folder, path), text)
  }
  put("src/small.ts", "export const a = 1")
  put("src/types.ts", "export type T = 1")
  put("src/large.ts", 'import { a } from "./small.ts"\nimport type { T } from "./types.ts"\nexport const b: T = a')
  put("src/other.ts", 'import { b } from "./large.ts"\nexport const c = b')
  put("test/a-wide.test.ts", 'import "../src/other.ts"\nimport "../src/large.ts"\nimport "../src/small.ts"')
  put("test/narrow.test.ts", 'import { a } from "../src/small.ts"')
  put("test/child.test.ts", 'new URL("child.ts", import.meta.url), "./child.ts"')
  put("test/child.ts", 'import "../src/other.ts"')
  const tests = testFiles(folder)
  expect(testsOf(tests, "src/small.ts")[0]).toBe("test/narrow.test.ts")
  expect(testsOf(tests, "src/small.ts")).toHaveLength(3)
  expect(testsOf(tests, "src/other.ts").sort()).toEqual(["test/a-wide.test.ts", "test/child.test.ts"])
  expect(testsOf(tests, "src/types.ts")).toEqual([])
})

test("one seed draws the same faults, and a larger count goes on with them", () => {
  const script = fileURLToPath(new URL("../../scripts/mutate.ts", import.meta.url))
  const list = (...args: string[]) =>
    execFileSync(process.execPath, [script, "--list", "--only", "src/tasks", ...args], { encoding: "utf8" })
  const few = list("--seed", "3", "--count", "5")
  expect(few.trim().split("\n")).toHaveLength(5)
  expect(list("--seed", "3", "--count", "9").startsWith(few)).toBe(true)
  expect(list("--seed", "4", "--count", "5")).not.toBe(few)
})
