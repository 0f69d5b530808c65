// Text for people: times, shares, sentences about events, the live line in a terminal of any width.

import { describe, expect, test } from "vitest"
import { sentence } from "../../src/cli/describe.ts"
import { commands, loadCommand } from "../../src/cli/index.ts"
import { percent } from "../../src/cli/output.ts"
import { liveReporter } from "../../src/cli/reporters.ts"
import { clock, ranges, seconds } from "../../src/cli/values.ts"
import type { StepEvent } from "../../src/training/events.ts"
import { sourceFiles } from "../source-files.ts"

test.each([
  ["90", 90],
  ["90s", 90],
  ["5m", 300],
  ["2h", 7200],
  ["1h30m", 5400],
  ["1.5m", 90],
])("the time %s is %i seconds", (text, expected) => expect(seconds("--time", text)).toBe(expected))

test.each(["", "0", "-5", "5x", "m", "1m1h", "1e3"])("the time %j is refused", (text) =>
  expect(() => seconds("--time", text)).toThrow(/--time: got .* expected a time such as/),
)

test("times, shares and ranges as people write them", () => {
  expect([clock(5), clock(75.4), clock(3700)]).toEqual(["0:05", "1:15", "1:01:40"])
  expect(["1-3", "4"].map((text) => ranges("--sizes", text))).toEqual([[[1, 3]], [[4, 4]]])
  // only 1 is called 100 %
  expect([percent(1), percent(0.99999), percent(0), percent(0.12345)]).toEqual([
    "100 %",
    "99.99 %",
    "0.00 %",
    "12.35 %",
  ])
})

test.each(commands)("the help of $name shows what it does, and defaults that are some", async (lazy) => {
  const command = await loadCommand(lazy)
  const help = command.helpInformation()
  expect(help).toContain(`Usage: ${lazy.name} `)
  expect(help.replace(/\n(?=\S)/gu, " ")).toContain(lazy.about)
  expect(help).not.toMatch(/undefined|null|NaN|\[object/u)
})

test("help loads the code of no command, so that it is fast", () => {
  const { imports } = sourceFiles("src/cli").get("src/cli/index.ts") ?? { imports: [] }
  const loaded = imports.filter(({ lazy, types }) => !lazy && !types).map(({ from }) => from)
  expect(loaded.sort()).toEqual(["src/cli/exit.ts", "src/runs/package.ts"])
})

test("a restart is told with both seeds", () => {
  const event = { type: "restart", step: 1600, seed: 4, reason: "a trick" } as const
  expect(sentence(event)).toBe("step 1,600, seed 3: a trick; restarting with seed 4")
})

describe("the live line", () => {
  const event = {
    type: "step",
    step: 12_345,
    seed: 3,
    size: 20,
    error: 0.012345,
    cost: 30,
    symbol: 0.981,
    exact: 0.8,
    phase: 0,
    learningRate: 0.01,
    gradientNorm: 0.3,
    dropout: 0.3,
    noise: 0,
    distance: 0,
    snapshot: () => Promise.reject(new Error("nobody asks")),
  } satisfies StepEvent
  const status = { seconds: 75, size: 20, stepsPerSecond: 31.2, left: 250 }

  /** The last line of a terminal of this width. */
  function drawn(columns: number): string {
    let text = ""
    const stream = { columns, isTTY: false, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream
    liveReporter(20, stream).event(event, status)
    return text.slice(text.lastIndexOf("\x1b[K") + 3)
  }

  test("shows everything where there is room", () => {
    expect(drawn(120)).toBe("step 12,345  size 20  error 0.0123  right 98.1 %  31 steps/s  seed 3  4:10 left")
  })
  test.each([1, 10, 20, 40, 60, 79])("leaves a column free in a terminal of %i", (columns) => {
    expect(drawn(columns).length).toBeLessThan(columns)
    expect("step 12,345".startsWith(drawn(columns).slice(0, 11))).toBe(true)
  })
  test("keeps what matters most in 40 columns", () => {
    expect(drawn(40)).toBe("step 12,345  size 20  right 98.1 %")
  })
})
