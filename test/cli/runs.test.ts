// Runs on the disk, looked at: ls, info, metrics; and the options of `train` that only look.

import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { csvOf } from "../../src/cli/runs.ts"
import { jsonLines, refusal, run, runHere, single, tiny } from "./program.ts"

let cwd: string
beforeAll(async () => {
  cwd = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), "neural-gpu-ls-"))
  for (const [out, every] of [
    ["runs/a", "10"],
    ["runs/b", "3"],
  ])
    await run(["train", "add", ...tiny, ...single, "--steps", "12", "--log-every", every, "--out", out], { cwd })
  return () => fs.rmSync(cwd, { recursive: true, force: true })
})

describe("ls", () => {
  test("lists runs in the order in which they began", async () => {
    const { stdout, code } = await runHere(["ls", "--json"], { cwd })
    expect(code).toBe(0)
    expect(jsonLines(stdout).map((row) => [row.run, row.task, row.step, row.ended])).toEqual([
      [join("runs", "a"), "add", 12, "steps"],
      [join("runs", "b"), "add", 12, "steps"],
    ])
    expect((await runHere(["ls"], { cwd })).stdout).toMatch(/^run +task +model +step +time +ended +correct$/mu)
  })

  test("names a damaged run and shows the others", async () => {
    const dir = join(cwd, "some")
    fs.cpSync(join(cwd, "runs"), dir, { recursive: true })
    fs.writeFileSync(join(dir, "a", "config.json"), "{")
    const { stdout, stderr } = await runHere(["ls", "some", "--json"], { cwd })
    expect(jsonLines(stdout).map((row) => row.run)).toEqual([join("some", "b")])
    expect(stderr).toContain(join("some", "a", "config.json"))
  })

  test("tells if there is no folder", async () => {
    expect(refusal(await runHere(["ls", "nosuch"], { cwd }))).toContain("there is no folder nosuch")
  })
})

test("info describes a run, for people and with everything as JSON", async () => {
  const { stdout } = await runHere(["info", "runs/a"], { cwd })
  expect(stdout).toMatch(/^task +add$/mu)
  expect(stdout).toMatch(/^steps +12$/mu)
  const [row] = jsonLines((await runHere(["info", "runs/a", "--json"], { cwd })).stdout)
  expect(row).toMatchObject({ task: "add", config: { seed: 1 }, info: { device: "wasm" } })
})

describe("metrics", () => {
  const column = (stdout: string) =>
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(",")[0])

  test("are CSV, with as many rows as --log-every says", async () => {
    expect(column((await runHere(["metrics", "runs/a"], { cwd })).stdout)).toEqual(["step", "10", "12"])
    expect(column((await runHere(["metrics", "runs/b"], { cwd })).stdout)).toEqual(["step", "3", "6", "9", "12"])
  })

  test("of events that there are not are refused with those that there are", async () => {
    expect(refusal(await runHere(["metrics", "runs/a", "--events", "x"], { cwd }))).toMatch(
      /got "x", expected one of .*step/u,
    )
  })

  test("hold the last step too, of a run that is shorter than a row", async () => {
    const args = ["train", "add", ...tiny, ...single, "--steps", "2", "--quiet", "--out", "short"]
    expect((await run(args, { cwd })).code).toBe(0)
    expect(column((await runHere(["metrics", "short"], { cwd })).stdout)).toEqual(["step", "2"])
  })

  test("quote what CSV must quote", () => {
    expect(
      csvOf([
        { type: "a", text: 'say "x", y', list: [1, 2] },
        { type: "a", other: null },
      ]),
    ).toEqual(["text,list,other", '"say ""x"", y","[1,2]",', ",,"])
  })
})

describe("train", () => {
  test("--dry-run tells sizes, memory and speed, and makes no folder", async () => {
    const before = fs.readdirSync(cwd)
    const { stdout, code } = await runHere(["train", "add", ...tiny, ...single, "--dry-run", "--json"], { cwd })
    expect(code).toBe(0)
    const [row] = jsonLines(stdout)
    expect(row).toMatchObject({ task: "add", device: "wasm", workers: 1, examples: 32, goalSize: 8 })
    for (const name of ["parameters", "memoryBytes", "stepsPerSecond"]) expect(row[name], name).toBeGreaterThan(0)
    expect(fs.readdirSync(cwd)).toEqual(before)
    expect(refusal(await runHere(["train", "--resume", "runs/a", "--dry-run"], { cwd }))).toContain("--resume")
  })

  test("--quiet prints only how it ended", async () => {
    const args = ["train", "add", ...tiny, ...single, "--steps", "2", "--quiet", "--out", "q"]
    const { stdout, stderr } = await run(args, { cwd })
    expect(stdout).toBe("")
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(stderr).toContain("step limit reached")
  })
})

describe("questions", () => {
  test("several are answered in order, and - reads stdin", async () => {
    const args = ["run", "add", "--device", "wasm", ...single]
    expect((await runHere([...args, "1+1", "10+11", "111+1"], { cwd })).stdout).toBe("10\n101\n1000\n")
    expect((await run([...args, "-"], { cwd, stdin: "1+1\n10+11\n" })).stdout).toBe("10\n101\n")
    expect(refusal(await runHere([...args, "1+1", "x"], { cwd }))).toContain('"x"')
  })
})

test("the version is told by -v, -V and --version; completion scripts are printed", async () => {
  const versions = await Promise.all(["-v", "-V", "--version"].map((flag) => run([flag], { cwd })))
  expect(new Set(versions.map(({ stdout }) => stdout)).size).toBe(1)
  expect(versions[0].stdout).toMatch(/^\d+\.\d+\.\d+/u)
  expect((await run(["complete", "bash"], { cwd })).stdout).toContain("neural-gpu")
  expect((await run(["complete", "--", "ev"], { cwd })).stdout).toMatch(/^eval\t/mu)
})

test("colors follow FORCE_COLOR and NO_COLOR", async () => {
  const wrong = async (env: Record<string, string>) =>
    (await run(["run", "runs/a", "101101+11011", "--device", "wasm"], { cwd, env })).stdout
  expect(await wrong({ FORCE_COLOR: "1", NO_COLOR: "" })).toContain("\x1b[31m")
  expect(await wrong({ FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain("\x1b[")
  expect(await wrong({ NO_COLOR: "" })).not.toContain("\x1b[")
})
