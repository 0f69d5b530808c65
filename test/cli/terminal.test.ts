// What a user of a terminal sees: progress that is redrawn in place, never wider than the window, and gone
// when the command ends.

import { spawn, spawnSync } from "node:child_process"
import fs from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { newFolder } from "../runs/folders.ts"
import { bin, tiny } from "./program.ts"

const COLUMNS = 60
/** `script` of util-linux gives a program a terminal. */
const hasTerminal = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "")

/** The lines on a terminal after a program's output, and every line that it ever showed. */
function screenOf(output: string): { lines: string[]; shown: string[] } {
  const lines = [""]
  const shown = new Set<string>()
  let [row, column] = [0, 0]
  const put = (text: string) => {
    lines[row] = lines[row].slice(0, column).padEnd(column) + text + lines[row].slice(column + text.length)
    column += text.length
    shown.add(lines[row])
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's codes are control characters
  for (const [part, count, code] of output.matchAll(/\x1b\[(\d*)([A-Za-z])|\x1b\[\?\d+[hl]|[\r\n]|[^\x1b\r\n]+/g)) {
    if (part === "\r") column = 0
    else if (part === "\n") {
      row++
      lines[row] ??= ""
    } else if (code === "A") row = Math.max(0, row - Number(count || 1))
    else if (code === "K") lines[row] = lines[row].slice(0, column)
    else if (code === "J") {
      lines[row] = lines[row].slice(0, column)
      lines.length = row + 1
    } else if (code === undefined && !part.startsWith("\x1b")) put(part)
    else expect(part, "a code that this screen does not know").toMatch(/m$|\[\?/)
  }
  return { lines: lines.filter((line) => line !== ""), shown: [...shown] }
}

/** Runs the program in a terminal. Its arguments need no quotes in a shell. */
function inTerminal(
  cwd: string,
  ...args: string[]
): Promise<{ code: number | null; lines: string[]; shown: string[] }> {
  const command = `stty cols ${COLUMNS} && exec ${[process.execPath, bin, ...args].join(" ")}`
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd, env: { ...process.env, NO_COLOR: "1" } })
  let output = ""
  child.stdout.on("data", (data) => (output += data))
  child.stdin.end()
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, ...screenOf(output) }))
  })
}

const terminal = test.skipIf(!hasTerminal)
const LIVE = /^step \d+ {2}size/
const TOO_WIDE = new RegExp(`^.{${COLUMNS},}$`)

terminal("training redraws one line; its last form stays", async () => {
  const cwd = newFolder()
  const { code, lines, shown } = await inTerminal(cwd, "train", "add", ...tiny, "--steps", "300", "--out", "r")
  expect(code).toBe(0)
  const live = shown.filter((line) => LIVE.test(line))
  expect(live.length).toBeGreaterThan(1)
  for (const line of live) expect(line).not.toMatch(TOO_WIDE)
  expect(lines.filter((line) => LIVE.test(line))).toHaveLength(1)
})

terminal("a sweep redraws its table of running trials; only the results stay", async () => {
  const cwd = newFolder()
  const space = {
    name: "grid",
    about: "",
    config: { task: { name: "add" } },
    axes: [{ name: "rate", fields: ["learningRate"], values: [0.01, 0.02] }],
  }
  fs.writeFileSync(join(cwd, "grid.json"), JSON.stringify(space))
  const few = ["--sizes", "4", "--samples", "4", "--workers", "1"]
  const sweep = ["sweep", "grid.json", "--runs", "2", "--steps", "300", "--out", "s", ...few, ...tiny]
  const { code, lines, shown } = await inTerminal(cwd, ...sweep)
  expect(code).toBe(0)
  for (const text of ["0 of 2 runs done, 1 running", "1 of 2 runs done, 1 running"])
    expect(shown.find((line) => line.startsWith(text))).not.toMatch(TOO_WIDE)
  expect(shown.filter((line) => /step \d+ of 300/.test(line)).length).toBeGreaterThan(0)
  expect(lines.filter((line) => /running|step \d+ of/.test(line))).toEqual([])
  expect(lines.filter((line) => /exact at 4/.test(line))).toHaveLength(2)
})

terminal("an evaluation shows how far it is; only its rows stay", async () => {
  const { code, lines, shown } = await inTerminal(newFolder(), ..."eval copy --sizes 20,30 --samples 64".split(" "))
  expect(code).toBe(0)
  expect(shown.filter((line) => /^size 30: \d+ of 64$/.test(line)).length).toBeGreaterThan(0)
  expect(lines.filter((line) => line.startsWith("size "))).toEqual([])
  expect(lines.filter((line) => /^ *(20|30) /.test(line))).toHaveLength(2)
})
