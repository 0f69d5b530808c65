// Everything has a bound and can be stopped. What does not fit is refused before a folder is made; what takes
// minutes says so first.

import fs from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { roughly } from "../../src/cli/estimate.ts"
import { random } from "../../src/core/rng.ts"
import { newFolder } from "../runs/folders.ts"
import { refusal, runHere, start, tiny } from "./program.ts"

const wasm = ["--device", "wasm", "--workers", "1"]

describe("what does not fit is refused, and no folder is made", () => {
  test.each<[string[], RegExp]>([
    [
      ["--train-sizes", "1-1000000000000000"],
      /--train-sizes: got .*, expected rising ranges of sizes from 1 to 1000000/,
    ],
    [["--batch-size", "1000000000"], /--batch-size: got 1000000000, expected a whole number from 1 to 16384/],
    [["--train-sizes", "1-500000"], /a step needs \d+\.\d GB of memory, expected at most \d+\.\d GB/],
    [["--goal-size", "1000000", "--maps", "512"], /add: size 1000000 needs \d+\.\d GB of memory, expected at most/],
    [["--goal-size", "1e9"], /--goal-size: got 1000000000, expected a whole number from 1 to 1000000/],
    [["--set", "hardBuffer.search=1000000000"], /search: got 1000000000, expected a whole number from 0 to 16384/],
    [
      ["--time", "99999999999999999999999h"],
      /--time: got .*, expected a time such as 90s, 5m or 2h, of at most ten years/,
    ],
  ])("train add %s", async (args, message) => {
    const cwd = newFolder()
    expect(refusal(await runHere(["train", "add", ...wasm, ...args], { cwd }))).toMatch(message)
    expect(fs.readdirSync(cwd)).toEqual([])
  })

  test("a config that somebody made is refused as well", async () => {
    const cwd = newFolder()
    expect((await runHere(["train", "add", ...tiny, ...wasm, "--steps", "1", "--out", "r"], { cwd })).code).toBe(0)
    const file = join(cwd, "r", "config.json")
    const config = JSON.parse(fs.readFileSync(file, "utf8"))
    for (const sizes of [[[1, 1e15]], [[1, 1_000_000]]]) {
      fs.writeFileSync(file, JSON.stringify({ ...config, sizes }))
      expect(refusal(await runHere(["train", "--resume", "r", ...wasm], { cwd }))).toMatch(
        /from 1 to 1000000|GB of memory/,
      )
    }
  })

  test("a number beyond all numbers gets the range", async () => {
    const args = ["eval", "add", "--sizes", "99999999999999999999"]
    expect(refusal(await runHere(args, { cwd: newFolder() }))).toMatch(
      /expected a whole number from 1 to 9007199254740991/,
    )
  })
})

test("an evaluation that takes long says how long, and ends on Ctrl-C", async () => {
  const { child, ended, until } = start(["eval", "add", "--sizes", "50000", ...wasm], { cwd: newFolder() })
  await until(/size 50000 takes about \d+ (minutes|hours|days) here; Ctrl-C ends it/)
  child.kill("SIGINT")
  expect((await ended).code).toBe(130)
})

test("durations are told in a unit that a person would choose", () => {
  expect([40, 100, 150, 3600, 2 * 3600, 1e6, 1e9].map(roughly)).toEqual([
    "a minute",
    "2 minutes",
    "3 minutes",
    "60 minutes",
    "2 hours",
    "12 days",
    "11574 days",
  ])
})

test("no draw from random numbers goes on for ever", () => {
  for (const n of [0, -1, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => random(1).below(n)).toThrow(/expected a number from 1 to 2\^32/)
  expect(random(1).below(2 ** 32)).toBeLessThan(2 ** 32)
})
