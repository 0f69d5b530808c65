// Every model of the package answers questions that anybody can check, hard cases, and questions longer than
// any in its training.

import { afterAll, describe, expect, it } from "vitest"
import { createBackend, load, modelNames } from "../../src/index.ts"

const { backend } = await createBackend("wasm", { workers: 2 })

/** By model: questions with their answers, written by hand. */
const known: Readonly<Record<string, readonly (readonly [question: string, answer: string])[]>> = {
  add: [
    ["1011+110", "10001"],
    ["0+0", "0"],
    ["1+1", "10"],
    ["11111111+1", "100000000"],
    ["1+11111111", "100000000"],
    ["10101010+1010101", "11111111"],
    ["1".repeat(30).concat("+1"), `1${"0".repeat(30)}`],
    [`${"1".repeat(30)}+${"1".repeat(30)}`, `${"1".repeat(30)}0`],
  ],
  mul: [
    ["1011*110", "1000010"],
    ["0*11111", "0"],
    ["1*10110", "10110"],
    ["10*10", "100"], // 2 × 2
    // carries that are born in the last row, which need steps for all places of the product
    ["10000010011110100101*11111011001000111000", "1000000000000000000001000110011000011000"],
    ["10001011011110110111101000*11101010111011010000001001", "1000000000000000000000000000110111000111110100101000"],
    ["1111*1111", "11100001"], // 15² = 225
    ["11111111*11111111", "1111111000000001"], // 255² = 65,025
    [`1${"0".repeat(11)}*1${"0".repeat(11)}`, `1${"0".repeat(22)}`],
  ],
  copy: [
    ["0", "0"],
    ["10", "10"],
    ["0010111", "0010111"],
    ["0".repeat(30).concat("1"), "0".repeat(30).concat("1")],
  ],
  reverse: [
    ["1", "1"],
    ["10", "01"],
    ["0010111", "1110100"],
    ["1".concat("0".repeat(30)), "0".repeat(30).concat("1")],
  ],
  duplicate: [
    ["1", "11"],
    ["10", "1010"],
    ["0010111", "00101110010111"],
    ["1".concat("0".repeat(15)), "1".concat("0".repeat(15)).repeat(2)],
  ],
  count: [
    ["1", "1"],
    ["10", "01"],
    ["1101001", "0001111"],
    ["10".repeat(15), "0".repeat(15).concat("1".repeat(15))],
  ],
  sort: [
    ["5", "5"],
    ["4031253", "0123345"],
    ["543210543210", "001122334455"],
    ["5".repeat(15).concat("0".repeat(15)), "0".repeat(15).concat("5".repeat(15))],
  ],
}

it("every model that is shipped is asked here", () => {
  expect(Object.keys(known).sort()).toEqual([...modelNames()].sort())
})

describe.each(Object.entries(known))("%s", async (name, questions) => {
  const model = await load(name, { backend })
  afterAll(() => model.dispose())

  it.each(questions)("%s is %s", async (question, answer) => {
    expect(await model.predict(question)).toMatchObject({ answer, expected: answer, right: true })
  })

  it("has fresh examples and every hard case right, at sizes it was trained on and at one it never saw", async () => {
    for (const size of [7, 20, 30])
      for (const hard of [false, true]) {
        const row = await model.evaluate(size, { samples: 32, hard, seed: 20 })
        expect(row.exact, `size ${size}, ${hard ? "hard cases" : "random"}`).toBe(1)
      }
  })
})
