// The samples of README and the guides do what they say, in a folder of their own. That of docs/engine.md is in
// test/examples, and the model of docs/models.md in commands.test.ts.

import { execFile } from "node:child_process"
import fs from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import { run } from "../cli/program.ts"
import { newFolder } from "../runs/folders.ts"
import { blocks, readerPages, root } from "./reader-pages.ts"

/** The code blocks of a page of docs/. */
const samples = (page: string, language: string): string[] => blocks(`docs/${page}`, language)

const fromSource = ["--import", join(root, "scripts/from-source.mjs"), "--input-type=module-typescript", "--eval"]
/** Runs a program in a folder and returns what it prints. */
const printed = async (program: string, cwd: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, [...fromSource, program], { cwd })).stdout

it("the programs of README print the answers that they promise", async () => {
  const cwd = newFolder()
  expect(await printed(blocks("README.md", "ts")[0], cwd)).toMatch(/^10001$/mu)
  expect(await printed(blocks("README.md", "js")[0], cwd)).toBe("1101\n")
})

it("the program of docs/browser.md learns to copy", async () => {
  expect(await printed(samples("browser.md", "js")[0], newFolder())).toMatch(/^1101$/mu)
})

it("the programs of docs/guide/export.md save a model, and read it on a page", async () => {
  const cwd = newFolder()
  expect(await printed(samples("guide/export.md", "ts")[0], cwd)).toBe("dcgru0/candidate/bias\n")
  const page = `
    import { readFileSync } from "node:fs"
    globalThis.fetch = async (file) => new Response(readFileSync("models/" + file))
    ${samples("guide/export.md", "js")[0]}`
  expect(await printed(page, cwd)).toBe("10001\n")
})

it("the whole of every sample is tested", () => {
  const tested = [
    "README.md",
    ...["own-problem", "browser", "guide/export", "engine", "models"].map((p) => `docs/${p}.md`),
  ]
  const code = readerPages.filter((page) => ["ts", "js"].some((language) => blocks(page, language).length > 0))
  const shapes = "docs/architecture.md" // shows how things look, no programs
  expect(code.sort()).toEqual([...tested, shapes].sort())
})

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
  expect(await printed(program, cwd)).toMatch(/^step$/mu)
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
