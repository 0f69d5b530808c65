// Training that fails ends with an exit code for scripts and one last sentence for people.

import fs from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { newFolder } from "../runs/folders.ts"
import { jsonLines, run, single, tiny } from "./program.ts"

/** Weights so large that sums of them are not finite. */
const hopeless = ["train", "copy", ...tiny, ...single, "--set", "model.initScale=1e38", "--steps", "20", "--out", "r"]

test("numbers that are never finite end it with 1 and a sentence that says what to do", async () => {
  const cwd = newFolder()
  const { code, stdout, stderr } = await run(hopeless, { cwd })
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" })
  const last = stderr.trimEnd().split("\n").at(-1)
  expect(last).toMatch(/^training failed: .*not finite.*another seed$/)
  expect(fs.existsSync(join(cwd, "r", "lock"))).toBe(false)
})

test("JSON lines stay JSON lines, and none of them says that it is done", async () => {
  const { code, stdout, stderr } = await run([...hopeless, "--json"], { cwd: newFolder() })
  expect(code, stderr).toBe(1)
  const types = jsonLines(stdout).map(({ type }) => type)
  expect(types).toContain("rollback")
  expect(types).not.toContain("done")
})
