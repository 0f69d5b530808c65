// Layout, reading and the hard cases of the sequence tasks.

import { describe, expect, it } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import { random } from "../../src/core/rng.ts"
import { createTask } from "../../src/tasks/index.ts"

it.each([
  ["copy", "110100", "110100"],
  ["reverse", "110100", "001011"],
  ["duplicate", "110", "110110"],
  ["sort", "403125", "012345"],
  ["sort", "5500", "0055"],
  ["count", "110100", "000111"],
  ["reverse-pairs", "110100", "000111"],
  ["reverse-pairs", "01", "01"],
  ["kvsort", "5021150240", "0215214050"],
  ["left", "10100", "1"],
  ["right", "10100", "0"],
  ["left-shift", "10111", "01110"],
  ["left-shift", "1", "0"],
  ["right-shift", "10111", "01011"],
  ["search", "1521135", "_"],
  ["search", "1521131", "5"],
  ["search", "0511130", "5"],
  ["search", "155", "_"],
])("%s answers %s with %s", (name, question, answer) => {
  const task = createTask(name)
  expect(task.formatAnswer(task.oracle(task.parse(question)))).toBe(answer)
})

it("leaves the second half of a question to duplicate empty", () => {
  const task = createTask("duplicate")
  expect([...task.parse("110")]).toEqual([2, 2, 1, 0, 0, 0])
  expect(task.formatInput(task.parse("110"))).toBe("110")
})

it.each([
  ["", "empty"],
  ["12", '"2"'],
  ["1-", '"-"'],
  ["abc", '"a"'],
])("refuses %j and says why", (text, reason) => {
  const task = createTask("copy")
  expect(() => task.parse(text)).toThrow(UserError)
  expect(() => task.parse(text)).toThrow(reason)
})

it.each([
  ["kvsort", "123", "3 symbols"],
  ["reverse-pairs", "1", "1 symbols"],
  ["search", "1234", "a multiple of 2 and 1 more"],
  ["search", "1", "a multiple of 2 and 1 more"],
])("%s refuses %j, which is not made of pairs, and says why", (name, text, reason) => {
  const task = createTask(name, { base: 10 })
  expect(() => task.parse(text)).toThrow(UserError)
  expect(() => task.parse(text)).toThrow(reason)
})

it("asks for keys that are in the first pair, in the last one, and nowhere", () => {
  const task = createTask("search")
  const cases = new Map(task.hardCases(20, random(3)).map((made) => [made.name, made]))
  expect(task.formatAnswer((cases.get("a key that is nowhere") as { target: Uint8Array }).target)).toBe("_")
  const last = cases.get("the key of the last pair only") as { input: Uint8Array; target: Uint8Array }
  expect(last.target[0]).toBe(last.input[39])
})

describe("hard cases", () => {
  it.each([1, 2, 3, 20])("has runs, ordered sequences and odd ones out at both ends at size %i", (size) => {
    const task = createTask("sort", { base: 2 })
    const questions = new Set(task.hardCases(size, random(1)).map(({ input }) => task.formatInput(input)))
    const alternating = "01".repeat(size).slice(0, size)
    const half = Math.ceil(size / 2)
    const wanted = ["0".repeat(size), "1".repeat(size), alternating, `${"0".repeat(half)}${"1".repeat(size - half)}`]
    wanted.push(`1${"0".repeat(size - 1)}`, `${"0".repeat(size - 1)}1`, `0${"1".repeat(size - 1)}`)
    for (const question of wanted) expect(questions).toContain(question)
  })
})
