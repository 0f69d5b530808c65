// Families of worst-case questions: each draws questions of its task, and they are as hard as their names say.

import { describe, expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"
import { createTask, taskFamilies } from "../../src/tasks/index.ts"

const names = [...taskFamilies.map(({ name }) => name), "copy,reverse", "add,mul"]

describe.each(names)("%s", (name) => {
  const task = createTask(name)

  it.each([1, 2, 3, 20])("draws questions of size %i, with the answers that the oracle gives", (size) => {
    const from = random(3, size)
    expect(task.families.length).toBeGreaterThan(5)
    for (const { name, draw } of task.families)
      for (let i = 0; i < 20; i++) {
        const { input, target } = draw(size, from)
        expect(input.length, name).toBeLessThanOrEqual(task.length(size))
        expect(target, `${name}: ${task.formatInput(input)}`).toEqual(task.oracle(input))
        expect(task.parse(task.formatInput(input)), name).toEqual(input)
      }
  })

  it("has families of different names, which draw the same with the same seed", () => {
    expect(new Set(task.families.map(({ name }) => name)).size).toBe(task.families.length)
    for (const { draw } of task.families) expect(draw(9, random(4))).toEqual(draw(9, random(4)))
  })
})

/** Questions of a family of a task in base 2 or 10, as typed. */
function drawn(task: string, family: string, size: number, count = 200, base = 2): string[] {
  const { families, formatInput } = createTask(task, { base })
  const found = families.find(({ name }) => name === family)
  if (!found) throw new Error(`${task} has no family ${family}`)
  const from = random(6, size)
  return Array.from({ length: count }, () => formatInput(found.draw(size, from).input))
}

const share = (questions: readonly string[], is: (question: string) => boolean) =>
  questions.filter(is).length / questions.length
const binary = (digits: string) => BigInt(`0b${digits}`)
const product = (question: string) =>
  question
    .split("*")
    .map(binary)
    .reduce((a, b) => a * b)

/** The longest way of a carry, in places that only pass it on. */
function carry(question: string, base = 2): number {
  const [a, b] = question.split("+").map((digits) => [...digits].reverse().map(Number))
  let [longest, now] = [0, -1]
  a.forEach((digit, i) => {
    const sum = digit + b[i]
    now = sum >= base ? 0 : sum === base - 1 && now >= 0 ? now + 1 : -1
    longest = Math.max(longest, now)
  })
  return longest
}

describe("sums", () => {
  it.each([2, 10])("carries run far, base %i", (base) => {
    const most = (family: string) => Math.max(...drawn("add", family, 40, 200, base).map((q) => carry(q, base)))
    expect(most("one carry through many places")).toBeGreaterThan(35)
    expect(most("carry signals in runs")).toBeGreaterThan(20)
  })

  it("have zeros before every width", () => {
    const widths = drawn("add", "leading zeros", 12).map((q) =>
      Math.max(...q.split("+").map((x) => binary(x).toString(2).length)),
    )
    expect(new Set(widths).size).toBeGreaterThanOrEqual(12)
  })
})

describe("products", () => {
  it("just above a power: their upper half is a one and zeros; just below: it is all ones", () => {
    const top = (question: string) => product(question).toString(2).slice(0, 17)
    const above = drawn("mul", "just above a power", 20)
    const below = drawn("mul", "just below a power", 20)
    expect(share(above, (question) => /^10*$/u.test(top(question)))).toBeGreaterThan(0.6)
    expect(share(below, (question) => /^1*$/u.test(top(question)))).toBeGreaterThan(0.6)
  })

  it("a carry born in a middle row: cut at some width, they are just above a power", () => {
    const isCut = (question: string) => {
      const [x, y] = question.split("*").map(binary)
      return Array.from({ length: 17 }, (_, i) => x * (y % (1n << BigInt(i + 3)))).some((part) =>
        /^10{9}/u.test(part.toString(2)),
      )
    }
    expect(share(drawn("mul", "a carry born in a middle row", 20), isCut)).toBeGreaterThan(0.3)
    expect(share(drawn("mul", "periodic digits", 20), isCut)).toBeLessThan(0.1)
  })
})

describe("sequences", () => {
  it.each<[family: string, is: (question: string) => boolean, least: number]>([
    ["in order", (question) => [...question].sort().join("") === question, 0.15],
    ["palindromes", (question) => [...question].reverse().join("") === question, 0.4],
    ["lone symbols", (question) => /^(0*[1-9]0*){1,3}$/u.test(question), 0.05],
    ["two symbols", (question) => new Set(question).size <= 2, 1],
    ["runs", (question) => /(.)\1{9}/u.test(question), 0.3],
  ])("%s", (family, is, least) => {
    expect(share(drawn("sort", family, 30, 300, 6), is)).toBeGreaterThanOrEqual(least)
  })
})
