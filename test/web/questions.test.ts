// Typed text becomes a question, and the questions of "break it" break what they state.

import { describe, expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"
import { createTask, taskFamilies } from "../../src/tasks/index.ts"
import {
  ask,
  breakers,
  canAsk,
  hardCases,
  isBackwards,
  MOST_SYMBOLS,
  questionOf,
  randomQuestion,
  readAs,
  takesDecimal,
  toDecimal,
  toTask,
} from "../../web/src/questions.ts"

const add = createTask("add")
const mul = createTask("mul")

describe("decimal numbers", () => {
  it("become binary where the task is on binary numbers", () => {
    expect(toTask(add, "11 + 1_000", "decimal")).toBe("1011+1111101000")
    expect(toTask(mul, "12,000×3", "decimal")).toBe("10111011100000×11")
  })

  it("are seen by a digit that no binary number has, whatever was chosen", () => {
    expect(toTask(add, "12+1", "binary")).toBe("1100+1")
    expect(toTask(add, "11+1", "binary")).toBe("11+1")
  })

  it("are read as the reader is told: what could be both is what was chosen", () => {
    expect([readAs(add, "100+11", "binary"), readAs(add, "100+11", "decimal")]).toEqual(["binary", "decimal"])
    expect(readAs(add, "100+21", "binary")).toBe("decimal")
    expect(readAs(createTask("sort"), "402", "decimal")).toBe("binary")
  })

  it("may be written as people do", () => {
    expect(ask(add, "3 plus 4 =", "decimal").question).toBe("011+100")
    expect(ask(add, "３＋４", "decimal").question).toBe("011+100")
    expect(ask(mul, "3 times 4", "decimal").question).toBe("011*100")
    expect(ask(mul, "3 · 4", "decimal").question).toBe("011*100")
  })

  it("are quoted as they were typed where they cannot be read", () => {
    for (const [typed, got] of [
      ["3*4", '"3*4"'],
      ["1.5+2", '"1.5+2"'],
      ["2+2+2", '"2+2+2"'],
    ])
      expect(() => ask(add, typed, "decimal")).toThrow(got)
  })

  it("of another task are told from those of this one", () => {
    expect([canAsk(add, "3*4", "decimal"), canAsk(mul, "3*4", "decimal")]).toEqual([false, true])
  })

  it("stand in the task's own question, too", () => {
    expect(questionOf(add, "decimal")).toBe("11+6")
    expect(questionOf(add, "binary")).toBe("1011+110")
    expect(questionOf(createTask("sort"), "decimal")).toBe(createTask("sort").typed.question)
  })

  it("of every task that takes them are read in base ten", () => {
    for (const { name } of taskFamilies) {
      const task = createTask(name)
      if (takesDecimal(task)) expect(canAsk(task, questionOf(task, "decimal"), "decimal"), name).toBe(true)
    }
  })

  it("stay as they are where digits are the task's own, or no numbers", () => {
    expect(toTask(createTask("add", { base: 10 }), "12+1", "decimal")).toBe("12+1")
    expect(toTask(createTask("sort"), "4 0 3", "decimal")).toBe("403")
    expect(takesDecimal(createTask("copy"))).toBe(false)
  })

  it("are shown for binary answers of any length", () => {
    expect(toDecimal("1011+110")).toBe("11+6")
    expect(toDecimal("1".padEnd(101, "0"))).toBe(String(2n ** 100n))
  })
})

describe("a question", () => {
  it("is what the task reads, and is written as the task writes it", () => {
    const asked = ask(add, "3 + 12", "decimal")
    expect(asked.question).toBe("0011+1100")
    expect(asked.input).toEqual(add.parse("11+1100"))
  })

  it("is refused with a sentence where its film would be too long, and not one symbol earlier", () => {
    const size = (MOST_SYMBOLS - 1) / 2
    expect(ask(add, `${"1".repeat(size)}+1`, "binary").input).toHaveLength(MOST_SYMBOLS)
    expect(() => ask(add, `${"1".repeat(size + 1)}+1`, "binary")).toThrow(/add: this question has 1003 symbols/)
  })

  it("is drawn by its seed", () => {
    expect(randomQuestion(add, 12, 3)).toBe(randomQuestion(add, 12, 3))
    expect(randomQuestion(add, 12, 3)).not.toBe(randomQuestion(add, 12, 4))
  })
})

describe("the order in which people write", () => {
  it("is that of the memory, or the reverse of it, as each task formats its answers", () => {
    for (const { name } of taskFamilies) {
      const task = createTask(name)
      const { input } = task.random(4, random(1, 4))
      const output = task.oracle(input) as Uint8Array
      const symbols = Array.from(output, (s) => task.symbols[s])
      const written = (isBackwards(task) ? symbols.reverse() : symbols).join("")
      expect(written, name).toBe(task.formatOutput(output))
    }
  })
})

describe("break it", () => {
  const named = (task: string, size: number, base?: number) =>
    Object.fromEntries(breakers(createTask(task, { base }), size).map(({ name, question }) => [name, question]))

  it.each([2, 3, 10])("offers famous sums in base %i", (base) => {
    for (const size of [2, 8, 20]) {
      const top = String(base - 1)
      const [full, one] = [top.repeat(size), "1".padStart(size, "0")]
      const found = named("add", size, base)
      const two = (2).toString(base).padStart(size, "0")
      expect(found[`${top}…${top} + 1`]).toBe(`${full}+${one}`)
      expect(found["0…02 + 0…02"]).toBe(`${two}+${two}`)
      expect(found["all ones"]).toBe(`${"1".repeat(size)}+${"1".repeat(size)}`)
      if (size > 2) expect(Object.keys(found)).toHaveLength(4) // two bits have too few different sums
    }
  })

  it("has a longest carry that goes through the whole number", () => {
    for (const size of [5, 20, 64]) {
      const [a, b] = named("add", size)
        ["longest carry"].split("+")
        .map((digits) => BigInt(`0b${digits}`))
      expect(a + b).toBe(2n ** BigInt(size))
    }
  })

  it("offers famous products, with a sign of multiplication in their names", () => {
    const found = named("mul", 4)
    expect(found["1…1 × 1"]).toBe("1111*0001")
    expect(found["0…02 × 0…02"]).toBe("0010*0010")
  })

  it("offers famous sequences", () => {
    const found = named("sort", 6)
    expect(found["two blocks"]).toBe("000555")
    expect([...found["a palindrome"]].reverse().join("")).toBe(found["a palindrome"])
  })

  it("offers questions that the page can ask, each name once, of every task", () => {
    for (const family of taskFamilies) {
      const task = createTask(family.name)
      const offered = breakers(task, 9)
      expect(new Set(offered.map(({ name }) => name)).size).toBe(offered.length)
      for (const { question } of [...offered, ...hardCases(task, 9)])
        expect(ask(task, question, "binary").question).toBe(question)
    }
  })

  it("offers those of several tasks that one model learns", () => {
    const found = named("copy,add", 6)
    expect(found["1…1 + 1"]).toBe("add 111111+000001")
    expect(found["a palindrome"]).toMatch(/^copy /)
  })
})
