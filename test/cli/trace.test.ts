// `trace` as a user types it.

import { execSync } from "node:child_process"
import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { newFolder } from "../runs/folders.ts"
import { jsonLines, run, runHere, single } from "./program.ts"

const device = ["--device", "wasm", ...single]

test("tells the answer as it forms, draws it, and gives every number", async () => {
  const cwd = newFolder()
  const drawn = await run(["trace", "add", "1011+110", "--png", "t.png", "--scale", "2", ...device], { cwd })
  expect(drawn.code, drawn.stderr).toBe(0)
  expect(drawn.stdout.trimEnd().split("\n").at(-1)).toMatch(/^ *\d+ {2}000010001$/)
  const png = fs.readFileSync(join(cwd, "t.png"))
  // 24 panels of 9 places and 10 moments, 2 pixels a number
  expect((png.readUInt32BE(16) - 4) % (9 * 2 + 4)).toBe(0)
  expect((png.readUInt32BE(20) - 4) % (10 * 2 + 4)).toBe(0)

  const told = await run(["trace", "add", "1011+110", "--json", ...device], { cwd })
  const [about, ...steps] = jsonLines(told.stdout)
  expect(about).toMatchObject({ question: "1011+0110", answer: "10001", right: true, steps: 9 })
  expect(steps).toHaveLength(10)
  expect(steps[9].state).toHaveLength(9 * 24)
  expect(Object.keys(steps[9])).toEqual(["step", ...(about.tensors as { name: string }[]).map((t) => t.name)])
})

test("a slow reader gets all of it", () => {
  const bin = fileURLToPath(new URL("../../bin/neural-gpu.mjs", import.meta.url))
  const traced = `"${process.execPath}" "${bin}" trace add 1011101101+1100110011 --json --device wasm --workers 1`
  const lines = execSync(`${traced} | (sleep 2; cat)`, { encoding: "utf8" }).trimEnd().split("\n")
  const { steps } = JSON.parse(lines[0])
  expect(lines).toHaveLength(steps + 2)
  expect(JSON.parse(lines[lines.length - 1]).step).toBe(steps)
})

test("of a task on vectors: a random example of a size, every weighting, and a picture", async () => {
  const cwd = newFolder()
  const small = ["--set", "model.slots=6", "--set", "model.width=4", "--units", "5", "--set", "model.writes=2"]
  const made = await run(
    ["train", "copy-vectors", "--model", "ntm", ...small, "--steps", "2", "--out", "n", ...device],
    { cwd },
  )
  expect(made.code, made.stderr).toBe(0)
  const { stdout, stderr } = await run(["trace", "n", "3", "--json", "--png", "t.png", "--scale", "2", ...device], {
    cwd,
  })
  const [about, ...steps] = jsonLines(stdout)
  expect(steps).toHaveLength(2 * 3 + 1)
  expect(about.tensors).toContainEqual({ name: "memory", shape: [6, 1, 4] })
  for (const { "write1/weights": weights } of steps) {
    expect(weights).toHaveLength(6)
    expect((weights as number[]).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4)
  }
  expect(steps.map((s) => s.target === null)).toEqual([true, true, true, true, false, false, false])
  expect(stderr).toContain("read0/weights, write0/weights, write1/weights")
  // shown, answered, asked for, memory, three weightings; 2 pixels a number
  expect(fs.readFileSync(join(cwd, "t.png")).readUInt32BE(20)).toBe(4 + 2 * (9 + 8 + 8 + 6 + 3 * 6) + 7 * 4)
  expect((await run(["trace", "n", "0", ...device], { cwd })).code).toBe(2)
  expect((await run(["run", "n", "101", ...device], { cwd })).stderr).toContain("copy-vectors is a task on vectors")
})

test.each([
  [
    ["trace", "add", "1011+110", "--tensor", "stat"],
    /--tensor: got "stat", expected one of state, .*did you mean state\?/,
  ],
  [["trace", "add", "12+1"], /base 2/],
  [["trace", "add", "1+1", "--png", "no/such/folder.png"], /--png: cannot write/],
  [["trace", "add", "1+1", "--png", "t.png", "--scale", "0"], /--scale: got "0"/],
])("%j is refused in a sentence", async (args, sentence) => {
  const { code, stderr } = await runHere([...args, ...device], { cwd: newFolder() })
  expect(code).toBe(2)
  expect(stderr).toMatch(sentence)
})
