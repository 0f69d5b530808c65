// `trace` as a user types it.

import fs from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { newFolder } from "../runs/folders.ts"
import { jsonLines, run, single } from "./program.ts"

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

test.each([
  [
    ["trace", "add", "1011+110", "--tensor", "stat"],
    /--tensor: got "stat", expected one of state, .*did you mean state\?/,
  ],
  [["trace", "add", "12+1"], /base 2/],
  [["trace", "add", "1+1", "--png", "no/such/folder.png"], /--png: cannot write/],
  [["trace", "add", "1+1", "--png", "t.png", "--scale", "0"], /--scale: got "0"/],
])("%j is refused in a sentence", async (args, sentence) => {
  const { code, stderr } = await run([...args, ...device], { cwd: newFolder() })
  expect(code).toBe(2)
  expect(stderr).toMatch(sentence)
})
