// Every command line of README, guides and concepts runs, in the order of its page, with a small budget: few
// steps, few examples, small sizes. What a line needs (pairs, a model, a task of one's own) is made from the pages.

import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { run, start } from "../cli/program.ts"
import { blocks, readerPages, root } from "./reader-pages.ts"

/** The words of a shell's line: quoted ones are one word; a comment ends it. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/\s#\s.*$/u, "").matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, word]) => quoted ?? word)

const linesOf = (page: string): string[][] =>
  blocks(page, "sh")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line.trim() !== "")
    .map(wordsOf)

const all = fs.mkdtempSync(join(tmpdir(), "neural-gpu-commands-"))
afterAll(() => fs.rmSync(all, { recursive: true, force: true }))
const newFolder = () => fs.mkdtempSync(join(all, "page-"))

const cpu = ["--device", "wasm", "--workers", "1"]
/** What a command is told besides. A later option replaces an earlier one. */
function budget([command, ...args]: readonly string[]): string[] {
  const has = (option: string) => args.includes(option)
  const ofPairs = has("--data") || args.some((arg) => /^runs\/(?:mine|pairs)/u.test(arg))
  if (command === "train" && has("--print-config")) return []
  if (command === "train" && has("--dry-run")) return cpu
  if (command === "train") return [...cpu, "--quiet", "--log-every", "1", "--steps", has("--resume") ? "4" : "2"]
  if (command === "eval")
    return [...cpu, ...(has("--exhaustive") ? [] : ["--samples", "16"]), ...(ofPairs ? [] : ["--sizes", "4"])]
  if (command === "attack") return [...(has("--command") ? [] : cpu), "--questions", "64", "--sizes", "4"]
  if (command === "sweep" && has("--resume")) return []
  if (command === "sweep")
    return ["--device", "wasm", "--steps", "1", "--runs", "1", ...(ofPairs ? [] : ["--sizes", "2"])]
  if (command === "run" || command === "trace") return cpu
  return []
}

const words = (count: number, least: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    [...(i * 2654435761 + 7 * 3 ** 8).toString(3)]
      .map((d) => "abc"[Number(d)])
      .join("")
      .slice(0, least + (i % 8)),
  )
const reversals = (all: readonly string[]) => all.map((word) => `${word}\t${[...word].reverse().join("")}\n`).join("")
const program = `import { createInterface } from "node:readline"
for await (const line of createInterface(process.stdin)) {
  const [a, b] = line.split("+").map(Number)
  console.log(String(a + b))
}
`

function folderFor(page: string): string {
  const cwd = newFolder()
  const put = (name: string, text: string) => fs.writeFileSync(join(cwd, name), text)
  put("pairs.tsv", reversals(words(60, 2)))
  put("longer.tsv", reversals(words(20, 9)))
  put("questions.txt", "abc\ncba\n")
  put("model.mjs", program)
  put("my-task.ts", blocks("docs/own-problem.md", "ts")[0])
  put("my-cell.ts", blocks("docs/models.md", "ts")[0])
  for (const space of blocks(page, "json")) put("dropout.json", space)
  fs.cpSync(trained, join(cwd, "runs"), { recursive: true })
  return cwd
}

const trained = newFolder()
beforeAll(async () => {
  for (const [name, seed] of [
    ["a", "1"],
    ["b", "2"],
  ]) {
    const args = ["train", "add", "--seed", seed, "--steps", "1", "--out", join(trained, name), ...cpu]
    expect((await run(args, { cwd: root })).code).toBe(0)
  }
})

const withCommands = readerPages.filter((page) => linesOf(page).length > 0)
describe.each(withCommands)("the command lines of %s", (page) => {
  let cwd = ""
  beforeAll(() => {
    cwd = folderFor(page)
  })
  it.each(linesOf(page).map((line) => [line.join(" "), line] as const))("%s", async (_, line) => {
    const [command, ...rest] = line[0] === "npx" ? line.slice(2) : line.slice(1)
    expect(line.slice(0, 2)).toContain("neural-gpu")
    if (command === "play") {
      const started = start([command, ...rest, "--no-open", "--port", "0"], { cwd })
      await started.until(/http:\/\/|expected .*index\.html/u) // a clone without a build has no page
      started.child.kill()
      await started.ended
      return
    }
    const from = rest.indexOf("<")
    const stdin = from < 0 ? "" : fs.readFileSync(join(cwd, rest[from + 1]), "utf8")
    const cut = rest.findIndex((word) => word === "<" || word === ">")
    const args = cut < 0 ? rest : rest.slice(0, cut)
    const { code, stderr } = await run([command, ...args, ...budget([command, ...args])], { cwd, stdin })
    // 1: the model, which has hardly been trained, is wrong
    expect([0, 1], stderr).toContain(code)
    expect(stderr).not.toMatch(/internal error|training failed/u)
  })
})
