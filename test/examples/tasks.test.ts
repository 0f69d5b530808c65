// The examples of tasks: their answers are right, and each trains by the command line as its comment says.

import fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"
import type { OwnTask } from "../../src/tasks/index.ts"
import { run, single } from "../cli/program.ts"
import { newFolder } from "../runs/folders.ts"

const folder = join(import.meta.dirname, "../../examples")
const known: Readonly<Record<string, readonly (readonly [question: string, answer: string])[]>> = {
  roman: [
    ["MCMXCIV", "1994"],
    ["IV", "4"],
    ["MMMDCCCLXXXVIII", "3888"],
  ],
  caesar: [
    ["c:hello", "jgnnq"],
    ["a:xyz", "xyz"],
    ["b:xyz", "yza"],
  ],
  "run-length": [
    ["a3b1", "aaab"],
    ["d4", "dddd"],
  ],
  "base-conversion": [
    ["101111", "2f"],
    ["0", "0"],
  ],
  brackets: [
    ["([])", "1"],
    ["([)]", "0"],
    ["((", "0"],
  ],
}

it("of tasks are all tested", () => {
  const files = fs
    .readdirSync(folder)
    .filter((name) => fs.readFileSync(join(folder, name), "utf8").includes("defineTask"))
  expect(files.map((name) => name.replace(/\.ts$/u, "")).sort()).toEqual(Object.keys(known).sort())
})

describe.each(Object.entries(known))("%s", async (name, pairs) => {
  const { found, spec } = ((await import(join(folder, `${name}.ts`))) as { task: OwnTask }).task
  const { task } = found

  it.each(pairs)("answers %s with %s", (question, answer) => {
    const target = task.oracle(task.parse(question))
    expect(target && task.formatAnswer(target)).toBe(answer)
  })

  it("draws questions of every size that it trains on, and of its goal", () => {
    const sizes = [...(found.suggested.sizes ?? []).flat(), found.suggested.goal.size ?? 1]
    for (const size of sizes)
      for (let i = 0; i < 20; i++) {
        const { input, target } = task.random(size, random(i, size))
        expect(target).toHaveLength(input.length)
        expect(input.length).toBeLessThanOrEqual(task.length(size))
      }
    expect(spec.name).toBe(name)
  })

  it("trains by the command line", async () => {
    const args = ["train", "--task", join(folder, `${name}.ts`), "--steps", "2", "--out", "r", "--device", "wasm"]
    const { code, stderr } = await run([...args, ...single], { cwd: newFolder() })
    expect(code, stderr).toBe(0)
    expect(stderr).toContain("saved in r")
  })
})
