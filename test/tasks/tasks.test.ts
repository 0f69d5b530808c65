// Every task, with its smallest, usual and largest base and every output form, against its own oracle and the
// contract of task.ts.

import { readdirSync, readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import { random, Stream } from "../../src/core/rng.ts"
import { createTask, type KnownTask, PAD, taskFamilies } from "../../src/tasks/index.ts"

const sizes = [1, 2, 3, 4, 5, 7, 8, 13, 20, 33, 64]
const draw = (seed: number) => random(seed, Stream.data)

const tasks: [string, KnownTask][] = taskFamilies.flatMap((family) => {
  const made: [string, KnownTask][] = []
  for (const base of new Set([family.bases[0], family.defaults.base, family.bases[1]]))
    for (const output of ["padded", "stripped"] as const)
      made.push([`${family.name} base ${base} ${output}`, family.create({ base, output })])
  return made
})

/** The error thrown, which must be a UserError of one sentence. */
function sentence(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    const { message } = error as UserError
    expect(message).not.toContain("\n")
    expect(message).toMatch(/got .*expected/u)
    return message
  }
  throw new Error("nothing was refused")
}

it("lists every task file, so that no task is written and then forgotten", () => {
  const folder = new URL("../../src/tasks/", import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts")) // vectors and images have their own folders and lists
  const written = files.filter((file) =>
    /^export const \w+(: TaskFamily = \{| = (arithmetic|sequence)\()/mu.test(
      readFileSync(new URL(file, folder), "utf8"),
    ),
  )
  expect(taskFamilies.map((family) => `${family.name}.ts`).sort()).toEqual(written.sort())
  expect(new Set(taskFamilies.map((family) => family.name)).size).toBe(taskFamilies.length)
})

describe.each(tasks)("%s", (_, task) => {
  const { symbols } = task

  it("keeps length and symbols in range, for random and hard examples of every size", () => {
    expect(symbols.every((symbol) => [...symbol].length === 1)).toBe(true)
    expect(new Set(symbols).size).toBe(symbols.length)
    for (const size of sizes)
      for (const { input, target } of [task.random(size, draw(size)), ...task.hardCases(size, draw(size))]) {
        expect(input.length).toBe(task.length(size))
        expect(target.length).toBe(task.length(size))
        expect(Math.max(...input, ...target)).toBeLessThan(symbols.length)
      }
  })

  it("agrees with its oracle on random examples", () => {
    for (const size of sizes) {
      const stream = draw(size)
      for (let i = 0; i < 40; i++) {
        const { input, target } = task.random(size, stream)
        expect(target).toEqual(task.oracle(input))
      }
    }
  })

  it("agrees with its oracle on hard examples, none of them there twice", () => {
    for (const size of sizes) {
      const cases = task.hardCases(size, draw(size))
      expect(cases.length).toBeGreaterThan(0)
      expect(new Set(cases.map(({ input }) => String(input))).size).toBe(cases.length)
      for (const { name, input, target } of cases) expect(target, name).toEqual(task.oracle(input))
    }
  })

  it("draws the same examples from the same seed, and others from another", () => {
    expect(task.random(20, draw(5))).toEqual(task.random(20, draw(5)))
    expect(task.hardCases(20, draw(5))).toEqual(task.hardCases(20, draw(5)))
    expect(task.random(20, draw(5))).not.toEqual(task.random(20, draw(6)))
  })

  it("draws every symbol at every place of the question", () => {
    const seen = Array.from({ length: task.length(3) }, () => new Set<number>())
    const stream = draw(1)
    for (let i = 0; i < 600; i++)
      for (const [place, symbol] of task.random(3, stream).input.entries()) seen[place].add(symbol)
    // only one symbol can stand at an operator, or at a PAD behind the question
    for (const set of seen) expect([1, seen[0].size]).toContain(set.size)
    expect(seen[0].size).toBe({ "add-aligned": task.options.base ** 2, "mul-bcd": 2 }[task.name] ?? task.options.base)
  })

  it("finds the size that fills a length", () => {
    for (let length = 0; length < 50; length++) {
      const size = task.sizeOf(length)
      if (size > 0) expect(task.length(size)).toBeLessThanOrEqual(length)
      expect(task.length(size + 1)).toBeGreaterThan(length)
    }
  })

  it("reads back what it writes", () => {
    for (const size of sizes)
      for (const { input } of [task.random(size, draw(size)), ...task.hardCases(size, draw(size))])
        expect(task.parse(task.formatInput(input))).toEqual(input)
  })

  it("shows any output one character a symbol, so that a wrong one can be marked", () => {
    const symbol = fc.nat({ max: symbols.length - 1 })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, max: symbols.length - 1 }), symbol, (output, other) => {
        const text = task.formatOutput(output)
        expect([...text]).toHaveLength(output.length)
        const changed = output.slice()
        changed[0] = other
        const differing = [...task.formatOutput(changed)].filter((character, i) => character !== text[i])
        expect(differing).toHaveLength(other === output[0] ? 0 : 1)
        expect(task.formatAnswer(output).length).toBeGreaterThan(0)
      }),
      { numRuns: 50 },
    )
  })

  it("answers its own typed example", () => {
    const output = task.oracle(task.parse(task.typed.question))
    expect(task.formatAnswer(output)).toBe(task.typed.answer)
    expect(task.typed.answer).not.toContain(symbols[PAD])
  })

  it("reads any text as a valid question or refuses it with a sentence", () => {
    const nearlyRight = fc.string({ unit: fc.constantFrom("0", "1", "2", "9", "+", "*", "x", "-", " ", "_", "a", ".") })
    const anything = fc.string({ unit: "binary" })
    fc.assert(
      fc.property(fc.oneof(nearlyRight, anything), (text) => {
        let input: Uint8Array
        try {
          input = task.parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
          expect((error as UserError).message).not.toContain("\n")
          return
        }
        const size = task.sizeOf(input.length)
        expect(size).toBeGreaterThan(0)
        expect(task.length(size)).toBe(input.length)
        expect(Math.max(...input)).toBeLessThan(symbols.length)
        expect(task.oracle(input)).toHaveLength(input.length)
        expect(task.parse(task.formatInput(input))).toEqual(input)
      }),
      { numRuns: 200 },
    )
  })

  it("has examples from its smallest size on, and none below", () => {
    expect(task.random(task.minSize, draw(1)).input).toHaveLength(task.length(task.minSize))
    sentence(() => task.random(task.minSize - 1, draw(1)))
  })

  it("refuses sizes that no example can have", () => {
    for (const size of [0, -1, 1.5, Number.NaN]) {
      sentence(() => task.random(size, draw(1)))
      sentence(() => task.hardCases(size, draw(1)))
    }
  })
})

describe("createTask", () => {
  it("takes the family's defaults for what is not said", () => {
    expect(createTask("add").options).toEqual({ base: 2, output: "padded" })
    expect(createTask("sort", { base: undefined }).options.base).toBe(6)
    expect(createTask("mul", { base: 10, output: "stripped" }).options).toEqual({ base: 10, output: "stripped" })
  })

  it("names what exists when a task does not, and the one that was probably meant", () => {
    const names = taskFamilies.map((family) => family.name).join(", ")
    expect(sentence(() => createTask("divide"))).toContain(names)
    for (const [typed, meant] of [
      ["sotr", "sort"],
      ["ad", "add"],
      ["Add", "add"],
      ["dupliacte", "duplicate"],
      ["revers", "reverse"],
    ])
      expect(sentence(() => createTask(typed))).toContain(`did you mean ${meant}?`)
    expect(sentence(() => createTask("transpose"))).not.toContain("did you mean")
    sentence(() => createTask("constructor"))
    sentence(() => createTask("x".repeat(100_000)))
  })

  it("refuses bases and outputs that are impossible", () => {
    for (const base of [0, 1, 11, 2.5, Number.NaN])
      expect(sentence(() => createTask("add", { base }))).toContain("2 to 10")
    sentence(() => createTask("add", { output: "short" as "padded" }))
  })
})
