// What a command prints is data. If it cannot be written, a script must learn it from the exit code, and
// training must not lose what it has learnt.

import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { latestCheckpoint } from "../../src/runs/checkpoint.ts"
import { newFolder } from "../runs/folders.ts"
import { run, single, tiny } from "./program.ts"

describe.runIf(existsSync("/dev/full"))("on a full disk", () => {
  test.each([
    ["eval", "copy", "--sizes", "5", "--samples", "4", "--json", "--device", "wasm"],
    ["eval", "copy", "--sizes", "5", "--samples", "4", "--device", "wasm"],
    ["run", "add", "1+1", "--device", "wasm"],
    ["trace", "add", "1+1", "--json", "--device", "wasm"],
    ["tasks", "--json"],
    ["models"],
    ["train", "add", "--print-config"],
    ["--help"],
    ["--version"],
  ])("%s %s says that it cannot write, and fails", async (...args) => {
    const ended = await run(args, { cwd: newFolder(), after: "exec >/dev/full" })
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^cannot write to stdout: ENOSPC, .*\n$/) })
  })
})

test.runIf(process.platform !== "win32")("training saves what it learnt, then says so and fails", async () => {
  const cwd = newFolder()
  const train = ["train", "copy", ...tiny, ...single, "--steps", "100000", "--json", "--out", "r"]
  // no file beyond 32 or 64 KiB, by shell: checkpoints fit, but the lines of so many steps do not
  const { code, stderr } = await run(train, { cwd, after: "ulimit -f 64 && exec >out.jsonl" })
  expect(code, stderr).toBe(1)
  expect(stderr.split("\n").filter((line) => line.startsWith("cannot write to stdout: EFBIG, "))).toHaveLength(1)
  const [, step] = /interrupted at step (\d+) .*; saved in r, continue with/.exec(stderr) ?? []
  expect(latestCheckpoint(join(cwd, "r")).latest?.checkpoint.step).toBe(Number(step))
  expect(existsSync(join(cwd, "r", "lock"))).toBe(false)
})
