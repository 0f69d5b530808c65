// The engine's public entry: its documented sample and its example do what they say, on every device here.

import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import { trainRing } from "../../examples/small-net.ts"
import { optimizerUpdate, packLanes, unpackLane } from "../../src/engine.ts"
import { candidates } from "../engine.ts"

const root = join(import.meta.dirname, "../..")

it("the sample of docs/engine.md prints what the page says", async () => {
  const page = readFileSync(join(root, "docs/engine.md"), "utf8")
  const [, code] = /```ts\n(.*?)```/su.exec(page) ?? []
  const [, printed] = /It prints:\s+```\n(.*?)```/su.exec(page) ?? []
  const args = ["--import", "./scripts/from-source.mjs", "--input-type=module-typescript", "--eval", code]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  expect(stdout).toBe(printed)
})

const devices = ["reference", ...new Set(candidates.map(({ name }) => name.split(" ")[0]))]
it.each(devices)("the small net of one's own learns on %s", async (device) => {
  expect(await trainRing(device)).toBeGreaterThan(0.95)
})

it("refuses an optimizer and options that do not exist", () => {
  expect(() => optimizerUpdate("adamw" as "adam")).toThrow('optimizer: got "adamw", expected one of adamax, adam')
  expect(() => optimizerUpdate("adam", { beta3: 1 } as object)).toThrow('adam: there is no "beta3"')
  expect(() => optimizerUpdate("sgd", { momentum: 2 })).toThrow("sgd.momentum: got 2, expected a number")
})

it("packs examples into lanes and back, and refuses what does not fit", () => {
  const packed = packLanes([
    [1, 2],
    [3, 4],
  ])
  expect([0, 1, 2].map((lane) => [...unpackLane(packed, lane)])).toEqual([
    [1, 2],
    [3, 4],
    [0, 0],
  ])
  expect(() => packLanes([])).toThrow("got 0 examples, expected 1 to 16")
  expect(() => packLanes([[1], [1, 2]])).toThrow("example 1 has 2 numbers, expected 1")
  expect(() => unpackLane(packed, 16)).toThrow("got lane 16, expected 0 to 15")
})
