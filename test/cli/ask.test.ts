// Trained models in use: eval, run, the lists, the JSON keys that scripts rely on, models made from runs, the
// library.

import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { encodeSafetensors } from "../../src/formats/safetensors.ts"
import { createBackend, createTask, load, train } from "../../src/index.ts"
import { loadModel, saveModel } from "../../src/runs/model.ts"
import { newFolder } from "../runs/folders.ts"
import { jsonLines, refusal, run, runHere, single, tiny } from "./program.ts"

const device = ["--device", "wasm", ...single]
let cwd: string
beforeAll(async () => {
  // not newFolder(), which is removed after each test
  cwd = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), "neural-gpu-cli-"))
  const { code, stderr } = await run(["train", "add", ...tiny, ...single, "--steps", "30", "--out", "r"], { cwd })
  expect(code, stderr).toBe(0)
  return () => fs.rmSync(cwd, { recursive: true, force: true })
})
const checkpoint = "r/checkpoint-00000030.safetensors"

describe("eval", () => {
  test("JSON lines have exactly these keys, and the same numbers on every reading", async () => {
    const args = ["eval", "r", "--sizes", "3,20", "--samples", "20", "--hard", "--json", ...device]
    const { code, stdout } = await runHere(args, { cwd })
    const rows = jsonLines(stdout)
    expect(code).toBe(0)
    for (const row of rows) expect(Object.keys(row)).toEqual(["size", "samples", "exact", "symbol", "hard", "interval"])
    expect(rows.map((r) => [r.size, r.hard])).toEqual([
      [3, false],
      [3, true],
      [20, false],
      [20, true],
    ])
    expect(rows[0].samples).toBe(20)
    expect((await runHere(args, { cwd })).stdout).toBe(stdout)
    const other = await runHere(["eval", checkpoint, ...args.slice(2), "--workers", "2"], { cwd })
    expect(other.stdout).toBe(stdout)
  })

  test("a seed names the examples: another one draws others, the same one the same", async () => {
    const rows = async (...seed: string[]) => {
      const args = ["eval", "r", "--sizes", "6,20", "--samples", "64", "--hard", "--json", ...device, ...seed]
      return (await run(args, { cwd })).stdout
    }
    const [usual, one, two, again] = await Promise.all([
      rows(),
      rows("--seed", "1"),
      rows("--seed", "2"),
      rows("--seed", "2"),
    ])
    expect(one).toBe(usual)
    expect(again).toBe(two)
    const shares = (stdout: string) => jsonLines(stdout).map(({ symbol }) => symbol)
    for (const [i, symbol] of shares(two).entries()) expect(symbol, `row ${i}`).not.toBe(shares(one)[i])
  })

  test("a table for people", async () => {
    const { stdout, stderr } = await runHere(["eval", "r", "--sizes", "3", "--samples", "20", ...device], { cwd })
    expect(stdout).toMatch(
      /^ +size +examples +exact +95 % interval +per symbol +kind\n +3 +20 +[\d.]+ % +[\d.]+ % to [\d.]+ % +[\d.]+ % +random\n$/,
    )
    expect(stderr).toBe("")
  })
})

describe("eval of worst cases and of everything", () => {
  const rowsOf = async (...args: string[]) => {
    const { code, stdout, stderr } = await runHere(["eval", "r", "--json", ...args, ...device], { cwd })
    expect(code, stderr).toBe(0)
    return jsonLines(stdout) as { size: number; samples: number; exact: number; interval: [number, number] }[]
  }

  test("--structured evaluates each family that attack draws from, with an interval", async () => {
    const rows = await rowsOf("--sizes", "3,6", "--samples", "20", "--structured", "--hard")
    const names = createTask("add").families.map(({ name }) => name)
    const families = rows.filter((row) => "family" in row)
    expect(families).toMatchObject([3, 6].flatMap((size) => names.map((family) => ({ size, family, samples: 20 }))))
    for (const { exact, interval } of rows) {
      expect(interval[0]).toBeLessThanOrEqual(exact)
      expect(interval[1]).toBeGreaterThanOrEqual(exact)
      expect(interval[1] - interval[0]).toBeGreaterThan(0.01)
    }
    const seeded = await rowsOf("--sizes", "6", "--samples", "20", "--structured", "--seed", "2")
    expect(seeded.slice(1)).not.toEqual(families.slice(names.length))
  })

  test("--exhaustive asks every question once", async () => {
    const [row, ...others] = await rowsOf("--sizes", "3", "--exhaustive")
    expect(others).toEqual([])
    expect(row).toMatchObject({ size: 3, samples: 64, exhaustive: true, interval: [row.exact, row.exact] })
    const model = await load(join(cwd, "r"))
    let right = 0
    for (let a = 0; a < 8; a++)
      for (let b = 0; b < 8; b++) {
        const [x, y] = [a, b].map((n) => n.toString(2).padStart(3, "0"))
        if ((await model.predict(`${x}+${y}`)).answer === (a + b).toString(2)) right++
      }
    expect(row.exact).toBe(right / 64)
  })

  test.each([
    [["--sizes", "11"], "add: size 11 has 4194304 questions, expected at most 1048576; use a smaller size"],
    [
      ["--sizes", "3", "--samples", "9"],
      "--exhaustive: got --samples as well, expected only one of them: every question is asked once",
    ],
  ])("--exhaustive %j is refused", async (args, message) => {
    const ended = await runHere(["eval", "r", "--json", "--exhaustive", ...args, ...device], { cwd })
    expect(refusal(ended)).toBe(message)
  })
})

describe("run", () => {
  test("the carets stand below the wrong symbols, and the right answer follows", async () => {
    const { code, stdout } = await runHere(["run", "r", "10110101+1", ...device], { cwd })
    expect(code).toBe(1) // thirty steps are too few to learn addition
    const [answer, carets, verdict] = stdout.split("\n")
    expect(verdict).toBe("wrong, expected 10110110")
    const right = "10110110".padStart(answer.length, "0")
    const expected = [...answer].map((symbol, i) => (symbol === right[i] ? " " : "^"))
    expect(carets).toBe(expected.join("").trimEnd())
  })

  test("a line of stdin each, and a line that is no question does not end it", async () => {
    const { code, stdout, stderr } = await run(["run", "r", "--json", ...device], { cwd, stdin: "1+1\n\nx+1\n10+1\n" })
    const rows = jsonLines(stdout)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^line 3: add: got "x"/)
    expect(rows.map((r) => [r.question, r.expected])).toEqual([
      ["1+1", "10"],
      ["10+1", "11"], // as typed
    ])
    for (const row of rows) expect(Object.keys(row)).toEqual(["question", "answer", "right", "expected"])
    for (const row of rows) expect(row.right).toBe(row.answer === row.expected)
  })
})

describe("lists", () => {
  test.each(["tasks", "models", "devices"])("%s have names", async (list) => {
    const { code, stdout } = await runHere([list, "--json"], { cwd })
    expect(code).toBe(0)
    if (stdout) for (const row of jsonLines(stdout)) expect(row).toHaveProperty("name")
    expect((await runHere([list], { cwd })).code).toBe(0)
  })

  test("auto takes the first device that is there, and says why not a faster one", async () => {
    const env = { PATH: "", CC: "" }
    const rows = jsonLines((await run(["devices", "--json"], { cwd, env })).stdout)
    expect(rows.filter((r) => r.auto).map((r) => r.name)).toEqual(["wasm"])
    expect(rows[0]).toMatchObject({ name: "native", available: false })
    const { code, stderr } = await run(["run", "r", "1+1"], { cwd, env })
    expect([0, 1]).toContain(code)
    expect(stderr).toMatch(/native is not used: .*compiler/)
  })
})

test("a model of several tasks: a row for each, and a question says whose it is", async () => {
  const train = ["train", "copy,reverse", ...tiny, ...single, "--steps", "5"]
  expect((await run(train, { cwd })).stderr).toContain("saving in runs/copy-reverse-1")
  const args = ["--sizes", "3", "--samples", "20", "--json", ...device]
  const rows = jsonLines((await runHere(["eval", "runs/copy-reverse-1", ...args], { cwd })).stdout)
  expect(rows.map((r) => [r.task, r.size, r.samples])).toEqual([
    ["copy", 3, 20],
    ["reverse", 3, 20],
  ])
  const ask = await runHere(["run", "runs/copy-reverse-1", "reverse 0010", "--json", ...device], { cwd })
  expect(jsonLines(ask.stdout)[0]).toMatchObject({ question: "reverse 0010", expected: "0100" })
})

test("an ensemble: several runs are asked as one, and say so; of another task they are refused", async () => {
  await run(["train", "add", ...tiny, ...single, "--steps", "30", "--seed", "2", "--out", "second"], { cwd })
  const args = ["eval", "r", "--sizes", "3", "--samples", "64", "--json", ...device]
  const asked = async (...more: string[]) => jsonLines((await runHere([...args, ...more], { cwd })).stdout)[0]
  const [alone, twice] = [await asked(), await asked("--ensemble", "r")]
  const both = await asked("--ensemble", "second", "--ensemble", "r")
  expect(twice).toEqual({ ...alone, models: 2 }) // the mean of equal answers is the same answer
  expect(both).toMatchObject({ models: 3, size: 3, samples: 64 })
  const answer = await runHere(["run", "r", "101+11", "--ensemble", "second", "--json", ...device], { cwd })
  expect(jsonLines(answer.stdout)[0]).toMatchObject({ expected: "1000" })
  const other = await runHere(["eval", "r", "--ensemble", "copy", ...device], { cwd })
  expect(refusal(other)).toMatch(/^copy learned copy, base 2, output padded, expected add/)
})

test("a run becomes a model: weights only, the same answers, damage refused", async () => {
  const dir = join(newFolder(), "small")
  const results = [{ size: 3, samples: 20, exact: 0, symbol: 0.5, hard: false }]
  const bytes = saveModel(dir, loadModel(join(cwd, "r")), { recipe: "add", device: "wasm", results })
  expect(bytes).toBeLessThan(fs.statSync(join(cwd, checkpoint)).size / 2)
  const args = ["--sizes", "3,9", "--samples", "40", "--json", ...device]
  const own = await runHere(["eval", "r", ...args], { cwd })
  const exported = await runHere(["eval", dir, ...args], { cwd })
  expect(exported.stdout).toBe(own.stdout)
  const file = join(dir, "model.safetensors")
  const damaged = fs.readFileSync(file)
  damaged[damaged.length - 9] ^= 4
  fs.writeFileSync(file, damaged)
  expect(() => loadModel(dir)).toThrow(/damaged/)
})

test("weights that another tool wrote are used, with a note; those of another shape are refused", async () => {
  const source = loadModel(join(cwd, "r"))
  const dir = join(cwd, "foreign")
  fs.mkdirSync(dir)
  fs.copyFileSync(join(cwd, "r", "config.json"), join(dir, "config.json"))
  const write = (weights: typeof source.weights, metadata: ReadonlyMap<string, string>) =>
    fs.writeFileSync(join(dir, "model.safetensors"), encodeSafetensors(weights, metadata))
  write(source.weights, new Map([["format", "pt"]]))
  const own = await runHere(["run", "r", "101+11", "--json", ...device], { cwd })
  const foreign = await runHere(["run", "foreign", "101+11", "--json", ...device], { cwd })
  expect(foreign.stdout).toBe(own.stdout)
  expect(foreign.stderr).toContain("has no digest of this package")
  const [[name, first]] = source.weights
  write(new Map([...source.weights, [name, { shape: [1], data: first.data.slice(0, 1) }]]), new Map())
  const wrong = await runHere(["run", "foreign", "101+11", ...device], { cwd })
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toMatch(/does not fit its config: .* has 1 numbers, expected \d+/u)
  write(source.weights, new Map([["format", "tf"]]))
  expect((await runHere(["run", "foreign", "101+11"], { cwd })).stderr).toMatch(/format: got "tf"/u)
})

test("the library trains, and loads what the command line trained", async () => {
  const { backend } = await createBackend("wasm", { workers: 1 })
  const config = { task: { name: "sort" }, model: { name: "neural-gpu", maps: 6 }, sizes: [[1, 3]], steps: 3 } as const
  const types: string[] = []
  for await (const event of train(config, { backend })) types.push(event.type)
  expect(types).toEqual(["start", "step", "step", "step", "done"])

  const model = await load(join(cwd, "r"), { backend })
  expect(model.task.name).toBe("add")
  expect(await model.predict("101+11")).toMatchObject({ question: "101+011", expected: "1000" })
  expect(await model.evaluate(20, { samples: 33 })).toMatchObject({ size: 20, samples: 33, hard: false })
  // all hard examples, whatever --samples says
  expect((await model.evaluate(9, { samples: 1, hard: true })).samples).toBeGreaterThan(33)
  await model.dispose()
})

test("what cannot be loaded rejects the promise, so that .catch() hears of it", async () => {
  const { backend } = await createBackend("wasm", { workers: 1 })
  await expect(load("nosuch", { backend }).catch((error: Error) => error.message)).resolves.toMatch(/got "nosuch"/)
})
