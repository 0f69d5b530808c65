// The samples of the guides do what they say, in a folder of their own.

import { execFile } from "node:child_process"
import fs from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import { run } from "../cli/program.ts"
import { newFolder } from "../runs/folders.ts"

const root = join(import.meta.dirname, "../..")
const samples = (page: string, language: string): string[] =>
  [
    ...fs.readFileSync(join(root, "docs", page), "utf8").matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gsu")),
  ].map(([, code]) => code)

const fromSource = ["--import", join(root, "scripts/from-source.mjs"), "--input-type=module-typescript", "--eval"]

it("the task of docs/own-problem.md trains", async () => {
  const [task] = samples("own-problem.md", "ts")
  const cwd = newFolder()
  fs.writeFileSync(join(cwd, "my-task.ts"), task)
  const args = ["train", "--task", "my-task.ts", "--steps", "2", "--device", "wasm", "--workers", "1"]
  const { code, stderr } = await run(args, { cwd })
  expect(code, stderr).toBe(0)
  const evaluated = await run(["eval", "runs/swap-1", "--sizes", "20", "--samples", "4"], { cwd })
  expect(evaluated.code, evaluated.stderr).toBe(0)
})

it("the program of docs/own-problem.md trains, answers and saves", async () => {
  const [, program] = samples("own-problem.md", "ts")
  const cwd = newFolder()
  const { stdout } = await promisify(execFile)(process.execPath, [...fromSource, program], { cwd })
  expect(stdout).toMatch(/^step$/mu)
  expect(fs.readdirSync(join(cwd, "models/mine")).sort()).toEqual([
    ...["config.json", "evaluation.json", "model.safetensors", "pairs.jsonl", "run.json", "tests.jsonl"],
  ])
})

it("the options of docs/own-problem.md are those of train", async () => {
  const page = fs.readFileSync(join(root, "docs/own-problem.md"), "utf8")
  const help = (await run(["train", "--help"], { cwd: newFolder() })).stdout
  const options = [...page.matchAll(/`(--[a-z-]+)/gu)].map(([, option]) => option)
  expect(options.length).toBeGreaterThan(5)
  for (const option of options.filter((name) => !["--show-wrong", "--report", "--sizes"].includes(name)))
    expect(help, option).toContain(option)
})
