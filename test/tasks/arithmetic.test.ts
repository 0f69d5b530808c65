// Layout, reading and the hard cases of the arithmetic tasks.

import { describe, expect, it } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import { random } from "../../src/core/rng.ts"
import { createTask } from "../../src/tasks/index.ts"

const add = createTask("add")
const mul = createTask("mul")

describe("the layout of KS16", () => {
  it("puts the least significant digit first and the operands side by side", () => {
    const plus = add.symbols.indexOf("+")
    expect([...add.parse("110+1")]).toEqual([1, 2, 2, plus, 2, 1, 1])
    expect([...add.oracle(add.parse("110+1"))]).toEqual([2, 2, 2, 1, 1, 1, 1])
  })

  it("fills the answer with zeros when padded, and with PAD when stripped", () => {
    const stripped = createTask("add", { output: "stripped" })
    expect([...stripped.oracle(stripped.parse("110+1"))]).toEqual([2, 2, 2, 0, 0, 0, 0])
    expect([...stripped.oracle(stripped.parse("00+00"))]).toEqual([1, 0, 0, 0, 0])
    expect(stripped.formatOutput(stripped.oracle(stripped.parse("110+1")))).toBe("____111")
    expect(add.formatOutput(add.oracle(add.parse("110+1")))).toBe("0000111")
    expect(add.formatAnswer(add.oracle(add.parse("110+1")))).toBe("111")
    expect(add.formatAnswer(add.oracle(add.parse("0+0")))).toBe("0")
  })
})

describe("reading a typed question", () => {
  it("takes spaces, underscores and every usual sign of multiplication", () => {
    expect(add.parse(" 1_0 1 1+\t110\n")).toEqual(add.parse("1011+0110"))
    for (const sign of ["*", "x", "X", "×"]) expect(mul.parse(`11${sign}10`)).toEqual(mul.parse("11*10"))
  })

  it("keeps the leading zeros that ask for a longer answer", () => {
    expect(add.parse("0001+1")).toHaveLength(9)
    expect(add.formatInput(add.parse("0001+1"))).toBe("0001+0001")
  })

  it.each([
    ["", "empty"],
    [" _ ", "empty"],
    ["1011", "without the operator"],
    ["12+1", '"2"'],
    ["1a+1", '"a"'],
    ["1*1", '"*"'],
    ["-1+1", '"-"'],
    ["1.0+1", '"."'],
    ["１+1", '"１"'],
    ["1+1+1", "2 operators"],
    ["+1", "no number before"],
    ["1+", "no number after"],
    ["+", "no number before"],
    ["1+\ud800", "ud800"],
  ])("refuses %j and says why", (text, reason) => {
    expect(() => add.parse(text)).toThrow(UserError)
    expect(() => add.parse(text)).toThrow(reason)
  })

  it("quotes only the beginning of a very long question", () => {
    expect(() => add.parse(`${"1".repeat(1_000_000)}a`)).toThrow(/^.{0,300}$/u)
  })
})

describe("other layouts", () => {
  it.each([
    ["add3", "11+11+11", "1001", 8],
    ["increment", "0111", "1000", 5],
    ["increment", "11", "100", 3],
    ["add-aligned", "1011+110", "10001", 5],
  ])("%s answers %s with %s in its own length", (name, question, answer, length) => {
    const task = createTask(name)
    const input = task.parse(question)
    expect(input).toHaveLength(length)
    expect(task.formatAnswer(task.oracle(input))).toBe(answer)
  })

  it("writes a decimal digit as four bits, lowest first, the last one marked", () => {
    const task = createTask("mul-bcd")
    const input = task.parse("9*5")
    expect([...input].map((symbol) => task.symbols[symbol]).join("")).toBe("100₁*101₀")
    expect([...task.oracle(input)].map((symbol) => task.symbols[symbol]).join("")).toBe("101₀001₀_")
    expect(task.formatAnswer(task.oracle(task.parse("25*12")))).toBe("300")
    expect([1, 2, 3, 4, 5].map(task.length)).toEqual([9, 17, 25, 33, 41])
  })

  it("shows a group of four bits that is no digit as a question mark", () => {
    const task = createTask("mul-bcd")
    const output = task.oracle(task.parse("9*5"))
    output[1] = output[2] = 2
    output[3] = 4
    expect(task.formatAnswer(output)).toBe("4?")
  })

  it("does not take an operator where there is one number only", () => {
    expect(() => createTask("increment").parse("1+1")).toThrow('"+"')
  })
})

it("multiplies numbers of two thousand digits exactly", () => {
  const decimal = createTask("mul", { base: 10 })
  const { input, target } = decimal.random(2000, random(1))
  expect(target).toEqual(decimal.oracle(input))
})

describe.each([2, 3, 10])("hard cases in base %i", (base) => {
  const task = createTask("add", { base })
  const top = String(base - 1)

  it.each([1, 2, 3, 20])("has carries through the whole number and the other named cases at size %i", (size) => {
    const questions = new Set(task.hardCases(size, random(1)).map(({ input }) => task.formatInput(input)))
    const one = "1".padStart(size, "0")
    const full = top.repeat(size)
    const zero = "0".repeat(size)
    const wanted = [`${full}+${one}`, `${one}+${full}`, `${full}+${full}`, `${zero}+${zero}`, `${one}+${one}`]
    const two = (2).toString(base)
    if (two.length <= size) wanted.push(`${two.padStart(size, "0")}+${two.padStart(size, "0")}`)
    for (const question of wanted) expect(questions).toContain(question)
  })

  it("has sums of exactly base^k and base^k-1, and carries as long, at several k", () => {
    const answers = task.hardCases(20, random(2)).map(({ target }) => task.formatAnswer(target))
    for (const k of [1, 2, 5, 10, 15, 19, 20]) {
      expect(answers).toContain(`1${"0".repeat(k)}`)
      expect(answers).toContain(top.repeat(k))
    }
  })
})

it.each([
  ["whose columns add up to much more", (digits: string) => digits.split("1").length - 1 >= 17],
  ["that are much shorter", (digits: string) => /^0{10}.*1/.test(digits)],
])("trains multiplication on factors %s than those of random ones", (_, such) => {
  const share = (draw: (seed: number) => { input: Uint8Array }) =>
    Array.from({ length: 2000 }, (_, seed) => mul.formatInput(draw(seed).input).split("*").every(such)).filter(Boolean)
      .length / 2000
  expect(share((seed) => mul.random(20, random(seed)))).toBeLessThan(0.002)
  expect(share((seed) => mul.hard(20, random(seed)))).toBeGreaterThan(0.04)
})
