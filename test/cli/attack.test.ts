// `attack` as a user starts it: models and programs, what it prints and writes, and what it refuses.

import fs from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { newFolder } from "../runs/folders.ts"
import { jsonLines, refusal, run, runHere, single, start, tiny } from "./program.ts"

/** A model for addition that is right on all random examples at 200 bits, and has exceptions in its rule. */
const exceptions = join(import.meta.dirname, "../attack/exceptions")
const device = ["--device", "wasm", ...single]
const attack = (...args: string[]) => runHere(["attack", ...args], { cwd: newFolder() })

/** A program that adds, except that it is wrong where the sum has this text in it. */
const adder = (wrong: string) => {
  const code = `
    const lines = require("node:readline").createInterface({ input: process.stdin })
    lines.on("line", (line) => {
      const [a, b] = line.split("+")
      const sum = (BigInt("0b" + a) + BigInt("0b" + b)).toString(2)
      console.log(sum.includes("${wrong}") ? "0" : sum)
    })`
  const file = join(newFolder(), "adder.cjs")
  fs.writeFileSync(file, code)
  return `"${process.execPath}" "${file}"`
}

describe("a model with exceptions", () => {
  test("is found wrong, with its worst family, its smallest wrong question and the cause", async () => {
    const { code, stdout } = await attack(exceptions, "--sizes", "40", "--questions", "3000", ...device)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^family +asked +wrong +rate +95 % interval +wrong at sizes$/mu)
    expect(stdout).toMatch(/^random +[\d,]+ +0 +0.00 % +0.00 % to \d/mu)
    expect(stdout).toMatch(/^smallest wrong question, of size \d+:$/mu)
    expect(stdout).toMatch(
      /^cause at size 40: the rule is wrong; 0 of \d+ wrong answers are right with \d+ more steps$/mu,
    )
  })

  test("a folder that is not there is refused before the search", async () => {
    const ended = await attack(exceptions, "--out", "nowhere/wrong.jsonl")
    expect(refusal(ended)).toBe(
      "cannot write nowhere/wrong.jsonl: ENOENT, there is no such file or folder; check the path",
    )
  })

  test("a file that exists is not overwritten", async () => {
    const cwd = newFolder()
    fs.writeFileSync(join(cwd, "mine.jsonl"), "precious")
    const ended = await runHere(["attack", exceptions, "--out", "mine.jsonl"], { cwd })
    expect(refusal(ended)).toBe("--out: mine.jsonl exists already; delete it, or name another file")
    expect(fs.readFileSync(join(cwd, "mine.jsonl"), "utf8")).toBe("precious")
  })
})

describe("a program", () => {
  const asked = ["--task", "add", "--sizes", "20", "--questions", "4000"]

  test("that is right is found right", async () => {
    const { code, stdout } = await attack("--command", adder("2"), ...asked)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^nothing wrong in 4,\d+ questions/mu)
  })

  test("that dies is an error, but what was found before is told and written", async () => {
    const cwd = newFolder()
    const code = `let n = 0
      require("node:readline").createInterface({ input: process.stdin })
        .on("line", () => (++n > 1000 ? process.exit(3) : console.log("0")))`
    fs.writeFileSync(join(cwd, "dies.cjs"), code)
    const command = `"${process.execPath}" "${join(cwd, "dies.cjs")}"`
    const ended = await runHere(["attack", "--command", command, ...asked, "--json", "--out", "wrong.jsonl"], { cwd })
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/gave \d+ of \d+ answers: it ended with exit code 3/u)
    const { asked: told, kept } = jsonLines(ended.stdout).at(-1) as { asked: number; kept: number }
    expect(told).toBeGreaterThan(300)
    expect(jsonLines(fs.readFileSync(join(cwd, "wrong.jsonl"), "utf8")).length).toBe(kept)
  })

  test("that is wrong is found wrong, and shrunk", async () => {
    const { code, stdout } = await attack("--command", adder("1".repeat(18)), ...asked, "--json")
    expect(code).toBe(1)
    const { smallest, causes } = jsonLines(stdout).at(-1) as { smallest: { size: number }; causes?: unknown }
    expect([17, 18]).toContain(smallest.size)
    expect(causes).toBeUndefined()
  })

  test("JSON lines and the file of counterexamples are the same on every run with the same seed", async () => {
    const args = ["--command", adder("1".repeat(18)), ...asked, "--json", "--out", "wrong.jsonl"]
    const results = await Promise.all(
      ["1", "1", "2"].map(async (seed) => {
        const cwd = newFolder()
        const { code, stdout, stderr } = await run(["attack", ...args, "--seed", seed], { cwd })
        expect(code, stderr).toBe(1)
        const rows = jsonLines(stdout).map(({ seconds: _, ...row }) => row)
        return { rows, file: fs.readFileSync(join(cwd, "wrong.jsonl"), "utf8") }
      }),
    )
    expect(results[1]).toEqual(results[0])
    expect(results[2].file).not.toBe(results[0].file)
    const { rows, file } = results[0]
    expect(Object.keys(rows[0])).toEqual(["type", "family", "size", "asked", "wrong", "interval"])
    const end = rows[rows.length - 1] as { kept: number; asked: number; seconds: number }
    expect(end).toMatchObject({ type: "end", smallest: { task: "add" } })
    expect(end.asked).toBeGreaterThanOrEqual(4000)
    const found = jsonLines(file)
    expect(found.length).toBe(end.kept)
    for (const { question, answer, expected } of found as Record<string, string>[]) {
      const [a, b] = question.split("+").map((digits) => BigInt(`0b${digits}`))
      expect(expected).toBe((a + b).toString(2))
      expect(answer).not.toBe(expected)
    }
  })

  test.each([
    ["ends early", `"${process.execPath}" -e "console.log(1)"`, /gave 1 of \d+ answers: it ended with exit code 0/u],
    ["is not there", "there-is-no-such-program", /gave 0 of \d+ answers: it ended with exit code 127/u],
  ])("that %s is refused in one sentence", async (_, command, expected) => {
    const { code, stdout, stderr } = await attack("--command", command, ...asked)
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toMatch(expected)
  })
})

describe("train --counterexamples", () => {
  const train = (cwd: string, ...args: string[]) => runHere(["train", "add", ...tiny, ...single, ...args], { cwd })
  const wrong = (cwd: string, ...questions: string[]) => {
    const lines = questions.map((question) => `${JSON.stringify({ task: "add", question })}\n`)
    fs.writeFileSync(join(cwd, "wrong.jsonl"), lines.join(""))
    return ["--counterexamples", "wrong.jsonl"]
  }

  test("takes the questions of trained sizes into every phase, and says what it leaves out", async () => {
    const cwd = newFolder()
    const given = wrong(cwd, "11+01", "1011+0001", "10110101+00000001")
    const args = ["train", "add", ...tiny, ...single, "--steps", "3", "--out", "r", ...given]
    const { code, stderr } = await run(args, { cwd }) // a process of its own, which lets go of the run
    expect(code, stderr).toBe(0)
    expect(stderr).toContain("2 counterexamples are used; 1 are longer than the trained sizes and left out\n")
    const { phases } = JSON.parse(fs.readFileSync(join(cwd, "r/config.json"), "utf8"))
    for (const { counterexamples } of phases)
      expect(counterexamples).toEqual({ share: 0.1, questions: { 2: ["11+01"], 4: ["1011+0001"] } })
    fs.rmSync(join(cwd, "wrong.jsonl")) // a resumed run does not need the file
    expect((await runHere(["train", "--resume", "r", "--steps", "5"], { cwd })).code).toBe(0)
  })

  test.each([
    [
      ["10110101+00000001"],
      "wrong.jsonl has no question of a trained size, expected some of at most 4; use attack --sizes 4, or longer --train-sizes",
    ],
    [
      ["1+1", "1+2"],
      'wrong.jsonl line 2: add: got "2" in "1+2", expected two numbers with + between them, such as "1011+110" and only the digits 0 to 1 (base 2)',
    ],
    [[5 as unknown as string], "wrong.jsonl line 1: expected a JSON object with a question, as attack --out writes it"],
  ])("refuses %j", async (questions, message) => {
    const cwd = newFolder()
    expect(refusal(await train(cwd, ...wrong(cwd, ...questions)))).toBe(`--counterexamples: ${message}`)
    expect(fs.readdirSync(cwd)).toEqual(["wrong.jsonl"])
  })
})

test("Ctrl-C ends a search in order: what was found is told and kept", async () => {
  const cwd = newFolder()
  const args = ["attack", "--command", adder("1".repeat(18)), "--task", "add", "--time", "1h", "--out", "wrong.jsonl"]
  const { child, ended, until } = start(args, { cwd })
  await until(/asked, [\d,]+ wrong/u)
  child.kill("SIGINT")
  const { code, stdout } = await ended
  expect(code).toBe(130)
  expect(stdout).toMatch(/smallest wrong question/u)
  expect(jsonLines(fs.readFileSync(join(cwd, "wrong.jsonl"), "utf8")).length).toBeGreaterThan(0)
})

test.each([
  [[], "attack: got no model, expected one, such as: neural-gpu attack add; or --command and --task"],
  [["add", "--task", "add"], "--task: a model has its own; leave it out, or use --command"],
  [["add", "--sizes", "0"], "--sizes: got 0, expected sizes of at least 1, the smallest of add, such as 10-20,40"],
  [["--command", "cat"], "--command: got no --task, expected the task that the program answers, such as --task add"],
  [["add", "--command", "cat", "--task", "add"], "--command: got add as well, which only a model has; leave it out"],
  [
    ["--command", "cat", "--task", "add", "--workers", "2"],
    "--command: got --workers as well, which only a model has; leave it out",
  ],
])("attack %j is refused", async (args, message) => {
  expect(refusal(await attack(...args))).toBe(message)
})
