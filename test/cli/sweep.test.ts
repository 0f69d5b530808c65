// A sweep as a user sees it: every trial gets its result exactly once despite kills, and wrong input is
// refused.

import { randomInt } from "node:crypto"
import fs from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { random } from "../../src/core/rng.ts"
import { newFolder } from "../runs/folders.ts"
import { jsonLines, refusal, run, runHere, start, tiny } from "./program.ts"

const common = ["--sizes", "2,4", "--samples", "4", "--workers", "2"]
const sweep = (runs: number, steps: number) => [
  ...["sweep", "grid.json", "--runs", String(runs), "--steps", String(steps), "--out", "s", ...common, ...tiny],
]
const grid = {
  name: "grid",
  about: "rates and dropout",
  config: { task: { name: "add" } },
  axes: [
    { name: "rate", fields: ["learningRate"], values: [0.005, 0.01, 0.02, 0.04] },
    { name: "dropout", fields: ["dropout.rate"], values: [0.2, 0.1, 0] },
  ],
}
const folderWithGrid = () => {
  const cwd = newFolder()
  fs.writeFileSync(join(cwd, "grid.json"), JSON.stringify(grid))
  return cwd
}
/**
 * Approximate time of the whole sweep, as a multiple of the program's start time; it holds for free and busy
 * machines.
 */
const MOST_STARTS = 12
/** The test itself must end, however busy the machine is. */
const MOST_MS = 15_000
const done = (cwd: string) => (fs.existsSync(join(cwd, "s/results")) ? results(cwd).length : 0)
const results = (cwd: string) => fs.readdirSync(join(cwd, "s/results"))

/** Seed of the moments of the kills. To repeat them: KILL_SEED=… npm test -- sweep. */
const killSeed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31))

test("killed with -9 three times at random, twelve runs end with twelve results, none twice, and a report", {
  timeout: 300_000,
}, async () => {
  const cwd = folderWithGrid()
  const args = sweep(12, 40)
  const moments = random(killSeed)
  const before = performance.now()
  await run(["--version"], { cwd })
  const most = Math.min(MOST_MS, MOST_STARTS * (performance.now() - before))
  for (let kill = 0; kill < 3; kill++) {
    const wait = most * moments.uniform() // at any time: during start, training, evaluation, or between two runs
    const begun = fs.existsSync(join(cwd, "s/sweep.json"))
    console.log(`KILL_SEED=${killSeed}: kill ${kill + 1} after ${wait.toFixed(0)} ms, ${done(cwd)} of 12 results there`)
    const { child, ended } = start(begun ? ["sweep", "--resume", "s", "--workers", "2"] : args, { cwd })
    await new Promise((resolve) => setTimeout(resolve, wait))
    child.kill("SIGKILL")
    await ended
  }
  const { code, stdout, stderr } = await run([...args, "--json"], { cwd })
  expect(code, stderr).toBe(0)
  expect(jsonLines(stdout).at(-1)).toMatchObject({ type: "end", results: 12, trials: 12 })
  expect(results(cwd)).toHaveLength(12)
  for (const name of results(cwd)) {
    const result = JSON.parse(fs.readFileSync(join(cwd, "s/results", name), "utf8"))
    expect(result, name).toMatchObject({ ended: "steps", steps: 40 })
    expect(result.evaluation.map((e: { size: number }) => e.size)).toEqual([2, 4])
  }
  expect(fs.readFileSync(join(cwd, "s/report.md"), "utf8")).toContain("12 of 12 runs have a result")
  expect(fs.readFileSync(join(cwd, "s/report.html"), "utf8")).toContain("<svg")
  expect(fs.readdirSync(join(cwd, "s/plots"))).toContain("size-over-time.svg")

  const again = await run(args, { cwd })
  expect(again).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("12 of these 12 runs are already in s, 0 are new"),
  })
  expect(results(cwd)).toHaveLength(12)
})

test("Ctrl-C saves its runs, a second sweep is refused meanwhile, and --resume goes on to the end", {
  timeout: 120_000,
}, async () => {
  const cwd = folderWithGrid()
  const { child, ended, until } = start(sweep(2, 4000), { cwd })
  await until(/2 at once/)
  const running = () =>
    fs.readdirSync(join(cwd, "s/trials")).filter((id) => fs.existsSync(join(cwd, "s/trials", id, "metrics.jsonl")))
  for (let i = 0; i < 400 && running().length < 2; i++) await new Promise((r) => setTimeout(r, 50))
  expect(refusal(await run(["sweep", "--resume", "s"], { cwd }))).toMatch(/in use by process/)
  child.kill("SIGINT")
  const { code, stderr } = await ended
  expect(code, stderr).toBe(130)
  expect(stderr).toContain("0 of 2 runs have a result; continue with: npx neural-gpu sweep --resume s")
  for (const id of running()) expect(fs.existsSync(join(cwd, "s/trials", id, "lock"))).toBe(false)
})

test("asha stops hopeless runs early, and they have a result too", { timeout: 120_000 }, async () => {
  const cwd = folderWithGrid()
  const { code, stdout, stderr } = await run([...sweep(4, 36), "--scheduler", "asha", "--json"], { cwd })
  expect(code, stderr).toBe(0)
  const ended = jsonLines(stdout).filter((row) => row.type === "result")
  expect(ended).toHaveLength(4)
  expect(ended.filter((row) => row.ended === "stopped").length).toBeGreaterThan(0)
  expect(ended.every((row) => Number(row.steps) > 0)).toBe(true)
})

test("damaged lines of one run stop neither the sweep nor its report", { timeout: 60_000 }, async () => {
  const cwd = folderWithGrid()
  expect((await run(sweep(2, 20), { cwd })).code).toBe(0)
  const [first, second] = fs.readdirSync(join(cwd, "s/trials")).map((id) => join(cwd, "s/trials", id, "metrics.jsonl"))
  const lines = fs.readFileSync(first, "utf8").split("\n")
  fs.writeFileSync(first, [lines[0], lines[1].slice(0, 20), ...lines.slice(2)].join("\n"))
  fs.appendFileSync(second, "5\n")
  fs.rmSync(join(cwd, "s/report.md"))
  fs.rmSync(join(cwd, "s/results", results(cwd)[0]))
  const { code, stderr } = await run(["sweep", "--resume", "s", "--workers", "1"], { cwd })
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/metrics\.jsonl: 1 of \d+ lines are damaged and left out of the report/)
  expect(results(cwd)).toHaveLength(2)
  expect(fs.existsSync(join(cwd, "s/report.md"))).toBe(true)
})

test("a run whose result was lost to a kill gets the same one again", { timeout: 60_000 }, async () => {
  const cwd = folderWithGrid()
  expect((await run(sweep(2, 15), { cwd })).code).toBe(0)
  const all = () =>
    results(cwd).map((name) => {
      const { seconds: _, ...result } = JSON.parse(fs.readFileSync(join(cwd, "s/results", name), "utf8"))
      return result
    })
  const before = all()
  expect(before.map(({ steps }) => steps)).toEqual([15, 15])
  for (const folder of ["results", "reports"])
    for (const name of fs.readdirSync(join(cwd, "s", folder))) fs.rmSync(join(cwd, "s", folder, name))
  expect((await run(["sweep", "--resume", "s", "--workers", "1"], { cwd })).code).toBe(0)
  expect(all()).toEqual(before)
})

test("more runs than the space has are told", { timeout: 60_000 }, async () => {
  const cwd = newFolder()
  fs.writeFileSync(join(cwd, "one.json"), JSON.stringify({ name: "one", config: grid.config, axes: [] }))
  const args = ["sweep", "one.json", "--runs", "9", "--steps", "1", "--sizes", "2", "--samples", "4", ...tiny]
  const { code, stderr } = await run(args, { cwd })
  expect(code, stderr).toBe(0)
  expect(stderr).toContain("--runs: got 9, but the space one has only 1 runs")
})

test("another model is what the runs train", { timeout: 60_000 }, async () => {
  const cwd = newFolder()
  const small = ["--model", "gru", "--units", "4", "--steps", "2", "--runs", "1", "--out", "s", "--device", "wasm"]
  const { code, stderr } = await run(["sweep", "seeds", "--task", "add", ...small, ...common], { cwd })
  expect(code, stderr).toBe(0)
  const [id] = fs.readdirSync(join(cwd, "s/trials"))
  const { model } = JSON.parse(fs.readFileSync(join(cwd, "s/trials", id, "config.json"), "utf8"))
  expect(model).toMatchObject({ name: "gru", units: 4 })
})

test.each([
  [["sweep"], /got no space, expected one of .* or a JSON file/],
  [["sweep", "paper"], /got the space "paper"/],
  [["sweep", "seeds"], /--task/],
  [["sweep", "seeds", "--task", "ad"], /did you mean add/],
  [["sweep", "seeds", "--task", "add"], /--steps/],
  [["sweep", "seeds", "--task", "add", "--model", "rn"], /got "rn", expected one of/],
  [["sweep", "ablation", "--task", "add", "--model", "rnn"], /--model: got "rnn", but the space or its recipe has/],
  [["sweep", "seeds", "--task", "add", "--steps", "5", "--config", "grid.json"], /unknown option '--config'/],
  [["sweep", "seeds", "--task", "add", "--steps", "5", "--scheduler", "best"], /--scheduler: got "best"/],
  [["sweep", "seeds", "--task", "add", "--steps", "5", "--seeds", "0"], /--seeds/],
  [["sweep", "broken.json", "--steps", "5"], /broken.json is not a sweep/],
  [
    ["sweep", "grid.json", "--task", "mul", "--steps", "5"],
    /--task: got "mul", but the space or its recipe has the task add/,
  ],
  [["sweep", "--resume", "nowhere"], /nowhere is not a sweep/],
  [["sweep", "seeds", "--resume", "s"], /leave the space out/],
])("%j is refused with one sentence, and leaves nothing behind", async (args, reason) => {
  const cwd = folderWithGrid()
  fs.writeFileSync(join(cwd, "broken.json"), '{"name":')
  expect(refusal(await runHere(args, { cwd }))).toMatch(reason)
  expect(fs.readdirSync(cwd).sort()).toEqual(["broken.json", "grid.json"])
})

test("a sweep that was killed in its last evaluation tells the sizes that its runs had reached", async () => {
  const cwd = folderWithGrid()
  await run(sweep(1, 5), { cwd })
  const [result] = results(cwd)
  const size = () => JSON.parse(fs.readFileSync(join(cwd, "s/results", result), "utf8")).size
  const whole = size()
  expect(whole).toBeGreaterThan(0)
  fs.rmSync(join(cwd, "s/results", result)) // as if it had been killed before the result was written
  await run(["sweep", "--resume", "s", "--workers", "1"], { cwd })
  expect(size()).toBe(whole)
})
