// The short form of `npm run torture`: every promise is tried a little. The full form takes minutes.

import { existsSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { promises } from "../scripts/torture/index.ts"
import { fuzzing } from "../scripts/torture/parsers.ts"
import { pageOf, tryPromise } from "../scripts/torture/try.ts"

/** Share of the tries of the full form. Promises that need many processes are tried a few times. */
const SHARE = 0.01
/** Memory needs a minute to say anything, and test/cli/sweep.test.ts already kills a sweep. */
const long = ["resources", "sweeps"]

describe.each(promises.filter(({ name }) => !long.includes(name)))("$name", (promised) => {
  test(promised.promise, { timeout: 300_000 }, async () => {
    const { failures, skipped, tries } = await tryPromise(promised, SHARE, 1)
    expect(failures).toEqual([])
    expect(skipped === undefined ? tries : 1).toBeGreaterThan(0)
  })
})

test("a broken promise is counted, told and exits the loop of tries", async () => {
  const broken = {
    ...fuzzing,
    run: async ({ tried, fail }: Parameters<typeof fuzzing.run>[0]) => {
      tried()
      fail("it broke")
      throw new Error("and how")
    },
  }
  const outcome = await tryPromise(broken, 1, 1)
  expect(outcome.tries).toBe(1)
  expect(outcome.failures[0]).toBe("it broke")
  expect(outcome.failures[1]).toContain("and how")
  expect(pageOf([outcome], 1)).toContain(`| ${fuzzing.promise} | 1 | 2 |`)
})

test("the page names every promise, and none is broken", () => {
  const file = new URL("../docs/reliability.md", import.meta.url)
  expect(existsSync(file)).toBe(true)
  const rows = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => /^\| (?!promise|-)/u.test(line) && !line.startsWith("|---"))
    .map((line) => line.split(" | "))
  expect(rows.map(([promise]) => promise.replace(/^\| /u, ""))).toEqual(promises.map(({ promise }) => promise))
  for (const [promise, , failures] of rows) expect(failures, promise).toBe("0")
})
