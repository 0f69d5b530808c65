// A problem of the user's own, from a file of pairs or a module, through every command.

import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { random } from "../../src/core/rng.ts"
import { load, loadModel, saveModel } from "../../src/index.ts"
import { digest, jsonLines, refusal, run, runHere, single } from "./program.ts"

const device = ["--device", "wasm", ...single]
const small = ["--maps", "12", ...device]
const reversed = (text: string) => [...text].reverse().join("")
const words = (count: number, from: number, to: number) =>
  Array.from({ length: count }, (_, i) => {
    const { below } = random(from, i)
    return Array.from({ length: from + below(to - from + 1) }, () => "abcd"[below(4)]).join("")
  })
const tsv = (some: readonly string[]) => some.map((word) => `${word}\t${reversed(word)}\n`).join("")
const module = `import { defineTask } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).pathname)}
export const task = defineTask({
  name: "swap",
  symbols: "ab",
  question: (size, random) => Array.from({ length: size }, () => "ab"[random.below(2)]).join(""),
  answer: (question) => question.replace(/./gu, (c) => (c === "a" ? "b" : "a")),
  sizes: [[1, 4]],
  goal: 12,
})
`

let cwd: string
beforeAll(async () => {
  cwd = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), "neural-gpu-own-"))
  const write = (name: string, text: string) => fs.writeFileSync(join(cwd, name), text)
  write("Some words.tsv", tsv(words(400, 1, 8)))
  write(
    "longer.csv",
    words(20, 20, 24)
      .map((word) => `${word},${reversed(word)}`)
      .join("\r\n"),
  )
  write("wrong.tsv", `${tsv(words(3, 9, 9))}abcdabcdab\tabcd\nzzz\tzzz\n`)
  write("swap.ts", module)
  const { code, stderr } = await run(
    ["train", "--data", "Some words.tsv", "--out", "r", "--goal-times", "8", "--json", ...small],
    { cwd },
  )
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/400 pairs, 4 symbols, lengths 1 to 8; the \d+ longest/u)
  return () => fs.rmSync(cwd, { recursive: true, force: true })
})

describe("a run on pairs", () => {
  test("is whole without the file: it answers, and knows what is right only for its pairs", async () => {
    const { code, stdout } = await run(["run", "r", "--json", ...device], {
      cwd,
      stdin: `abcdabcdabcd\n${words(400, 1, 8)[0]}\n`,
    })
    expect(code).toBe(0)
    const [unknown, known] = jsonLines(stdout)
    expect(unknown).toEqual({ question: "abcdabcdabcd", answer: "dcbadcbadcba", right: null, expected: null })
    expect(known.right).toBe(true)
  })

  test("is evaluated by length: on its tests, on other pairs, with wrong answers and a report", async () => {
    const own = await runHere(["eval", "r", "--json", ...device], { cwd })
    expect(jsonLines(own.stdout).map(({ trained }) => trained)).toEqual([false])
    const longer = await runHere(["eval", "r", "--data", "longer.csv", "--json", ...device], { cwd })
    const rows = jsonLines(longer.stdout)
    expect(rows.every(({ exact, size }) => exact === 1 && Number(size) >= 20)).toBe(true)
    const args = ["eval", "r", "--data", "wrong.tsv", "--show-wrong", "9", "--report", "r.html", ...device]
    const { stdout, code } = await runHere(args, { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain("3 of 5 answers are right; 1 question has symbols that the model does not know")
    expect(stdout).toContain("zzz: not a question of the task")
    expect(stdout).toContain("abcdabcdab: got badcbadcba, expected abcd")
    const html = fs.readFileSync(join(cwd, "r.html"), "utf8")
    expect(html).toContain("<svg")
    expect(html).toContain("3 of 5 answers are right as a whole")
    const one = await runHere(["eval", "r", "--data", "wrong.tsv", "--sizes", "10", "--json", ...device], { cwd })
    expect(jsonLines(one.stdout).map(({ size, samples }) => [size, samples])).toEqual([[10, 1]])
  })

  test("is traced, and answers in an ensemble", async () => {
    const traced = await runHere(["trace", "r", "abca", ...device], { cwd })
    expect(traced.code).toBe(0)
    expect(traced.stderr).toMatch(/acba after 4 steps$/mu)
    const both = await runHere(["run", "r", "abca", "--ensemble", "r", ...device], { cwd })
    expect(both.stdout).toBe("acba\n")
  })

  test("resumes to the same bytes as a run that was never stopped", async () => {
    const train = ["train", "--data", "Some words.tsv", "--json", ...small]
    await run([...train, "--steps", "30", "--out", "whole"], { cwd })
    await run([...train, "--steps", "15", "--out", "half"], { cwd })
    await run(["train", "--resume", "half", "--steps", "30", "--json", ...single], { cwd })
    const name = "checkpoint-00000030.safetensors"
    expect(digest(cwd, "half", name)).toBe(digest(cwd, "whole", name))
  })

  test("holds its pairs with their digests, and tells if they were changed", async () => {
    const dir = join(cwd, "changed")
    fs.cpSync(join(cwd, "r"), dir, { recursive: true })
    fs.appendFileSync(join(dir, "pairs.jsonl"), '{"input":"a","output":"b"}\n')
    expect(refusal(await runHere(["train", "--resume", "changed", "--steps", "99999"], { cwd }))).toMatch(
      /pairs\.jsonl: the pairs do not match their digest/u,
    )
    const asked = await runHere(["run", "changed", "abc", ...device], { cwd })
    expect([asked.code, asked.stdout]).toEqual([0, "cba\n"])
    expect(asked.stderr).toMatch(/do not match their digest.*nobody knows what is right/u)
  })

  test("becomes a saved model that needs nothing else", async () => {
    const model = loadModel(join(cwd, "r"))
    saveModel(join(cwd, "saved"), { ...model, own: undefined })
    const saved = await load(join(cwd, "saved"))
    expect(await saved.predict("abcd")).toMatchObject({ answer: "dcba", right: null })
    await saved.dispose()
  })
})

test("pairs come through stdin, in a format that their first line tells", async () => {
  const stdin = words(60, 1, 6)
    .map((word) => `${JSON.stringify({ prompt: word, completion: word })}\n`)
    .join("")
  const { code, stderr } = await run(["train", "--data", "-", "--steps", "3", "--out", "stdin", "--json", ...small], {
    cwd,
    stdin,
  })
  expect(code, stderr).toBe(0)
  expect(stderr).toContain("60 pairs")
})

test("a sweep trains on pairs, and its folder holds them once", async () => {
  const args = ["sweep", "seeds", "--data", "Some words.tsv", "--steps", "20", "--seeds", "2", "--out", "s", "--json"]
  const { code, stderr } = await run([...args, ...device, "--maps", "12"], { cwd })
  expect(code, stderr).toBe(0)
  expect(stderr).toContain("2 of 2 runs have a result")
  const held = fs.globSync("s/**/pairs.jsonl", { cwd })
  expect(held).toEqual([join("s", "pairs.jsonl")])
  const info = JSON.parse(fs.readFileSync(join(cwd, "s", "sweep.json"), "utf8")).info
  expect(info.source.training.sha256).toMatch(/^[0-9a-f]{64}$/u)
})

test("a task in a module trains, resumes, and is evaluated like a task of this package", async () => {
  const trained = await run(["train", "--task", "swap.ts", "--steps", "20", "--out", "m", "--json", ...small], { cwd })
  expect(trained.code, trained.stderr).toBe(0)
  const resumed = await run(["train", "--resume", "m", "--steps", "25", "--json", ...single], { cwd })
  expect(resumed.code, resumed.stderr).toBe(0)
  const { stdout } = await runHere(["eval", "m", "--sizes", "3,9", "--samples", "8", "--json", ...device], { cwd })
  expect(jsonLines(stdout).map(({ size, samples }) => [size, samples])).toEqual([
    [3, 8],
    [9, 8],
  ])
  const asked = await runHere(["run", "m", "abab", "--json", ...device], { cwd })
  expect(jsonLines(asked.stdout)[0].expected).toBe("baba")
})

describe("what cannot be used is refused in one sentence, and no folder is made", () => {
  const bytes = (name: string, content: string | Uint8Array) => fs.writeFileSync(join(cwd, name), content)
  test.each<[what: string, args: string[], says: RegExp, prepare?: () => void]>([
    ["a missing file", ["--data", "nosuch.tsv"], /there is no file nosuch\.tsv/u],
    ["a folder", ["--data", "."], /is a folder, expected a file/u],
    ["no pairs", ["--data", "empty.tsv"], /got no pairs/u, () => bytes("empty.tsv", "")],
    [
      "three columns",
      ["--data", "three.tsv"],
      /three\.tsv, line 2: got 3 columns/u,
      () => bytes("three.tsv", "a\tb\na\tb\tc\n"),
    ],
    [
      "an empty question",
      ["--data", "blank.tsv"],
      /line 12: got an empty question/u,
      () => bytes("blank.tsv", `${"a\tb\n".repeat(11)}\tb\n`),
    ],
    [
      "junk",
      ["--data", "junk.tsv"],
      /junk\.tsv: got a zero byte/u,
      () => bytes("junk.tsv", Uint8Array.of(1, 0, 2, 255)),
    ],
    [
      "too few pairs",
      ["--data", "few.tsv"],
      /got 2 pairs, expected at least 10/u,
      () => bytes("few.tsv", "a\tb\nc\td\n"),
    ],
    [
      "300 MB",
      ["--data", "large.tsv"],
      /large\.tsv: got 300 MB, expected at most 256/u,
      () => {
        bytes("large.tsv", "a\tb\n")
        fs.truncateSync(join(cwd, "large.tsv"), 300e6) // a hole, which takes no space
      },
    ],
    ["a task as well", ["add", "--data", "Some words.tsv"], /got the task add and a task of your own/u],
    ["--test alone", ["add", "--test", "longer.csv"], /--test: got no --data/u],
    ["--backwards alone", ["add", "--backwards"], /--backwards: got no --data/u],
    ["unknown tokens", ["--data", "Some words.tsv", "--tokens", "bytes"], /characters, words/u],
    ["two tasks", ["--data", "Some words.tsv", "--task", "swap.ts"], /--task: got --data as well/u],
    ["no module", ["--task", "nosuch.ts"], /there is no file .*nosuch\.ts/u],
    [
      "a module without a task",
      ["--task", "none.ts"],
      /exports no task/u,
      () => bytes("none.ts", "export const a = 1"),
    ],
    [
      "a module that fails",
      ["--task", "bad.ts"],
      /bad\.ts cannot be loaded: oh no/u,
      () => bytes("bad.ts", 'throw new Error("oh no")'),
    ],
    ["data for a resumed run", ["--resume", "r", "--data", "longer.csv"], /--data: a resumed run has its own task/u],
  ])("%s", async (_, args, says, prepare) => {
    prepare?.()
    const before = fs.readdirSync(cwd)
    expect(refusal(await runHere(["train", ...args, ...device], { cwd }))).toMatch(says)
    expect(fs.readdirSync(cwd)).toEqual(before)
  })

  test.each([
    ["--hard with pairs", ["r", "--hard"], /--hard: pairs have no hard cases/u],
    ["--show-wrong without pairs", ["add", "--show-wrong", "3"], /--show-wrong: got no pairs/u],
    ["--report without pairs", ["add", "--report", "x.html"], /--report: got no pairs/u],
    ["a length that no pair has", ["r", "--sizes", "77"], /--sizes: got 77, but no pair/u],
  ])("eval: %s", async (_, args, says) => {
    expect(refusal(await runHere(["eval", ...args, ...device], { cwd }))).toMatch(says)
  })
})

test("attack searches a task with functions, and refuses pairs, whose other answers nobody knows", async () => {
  const args = ["--sizes", "3", "--questions", "32", "--json", ...device]
  const searched = await runHere(["attack", "m", ...args], { cwd })
  expect([0, 1]).toContain(searched.code)
  expect(searched.stdout).toContain('"random"')
  expect(refusal(await runHere(["attack", "r", ...args], { cwd }))).toContain("does not know the right answer")
  expect(refusal(await runHere(["eval", "m", "--exhaustive", "--sizes", "3", ...device], { cwd }))).toMatch(
    /which questions there are is not known/u,
  )
})
