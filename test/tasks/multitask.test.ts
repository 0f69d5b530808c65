// Multitask: a question names its task, is answered as in that task alone, and is typed with the task's name
// before it.

import { describe, expect, test } from "vitest"
import { random } from "../../src/core/rng.ts"
import { createTask } from "../../src/tasks/index.ts"
import { PAD } from "../../src/tasks/task.ts"

const both = createTask("copy,reverse")

describe.each(["copy,reverse", "add,mul,sort", "duplicate,mul-bcd"])("%s", (name) => {
  const task = createTask(name)
  const alone = name.split(",").map((one) => createTask(one, task.options))
  const parts = task.parts?.tasks ?? []

  test("examples are those of the tasks, in symbols that no other task's questions have", () => {
    const seen = parts.map(() => new Set<number>())
    for (const size of [1, 2, 5, 9])
      for (const [i, part] of parts.entries()) {
        const [one, own] = [part, alone[i]].map((t) => [
          ...Array.from({ length: 20 }, (_, n) => t.random(size, random(n, size))),
          ...t.hardCases(size, random(size)),
          t.hard(size, random(size)),
        ])
        for (const [n, { input, target }] of one.entries()) {
          expect(target).toEqual(own[n].target)
          expect(input.map((s) => (s === PAD ? 0 : 1))).toEqual(own[n].input.map((s) => (s === PAD ? 0 : 1)))
          expect(task.oracle(input)).toEqual(target)
          expect(task.parts?.of(input).name).toBe(part.name)
          expect(Math.max(...input, ...target)).toBeLessThan(task.symbols.length)
          for (const symbol of input) if (symbol !== PAD) seen[i].add(symbol)
        }
      }
    const all = seen.flatMap((set) => [...set])
    expect(new Set(all).size).toBe(all.length)
  })

  test("random examples are of all of them", () => {
    const drawn = random(3)
    const names = Array.from({ length: 60 }, () => task.parts?.of(task.random(4, drawn).input).name)
    expect(new Set(names)).toEqual(new Set(name.split(",")))
  })

  test("what is typed comes back", () => {
    for (const [i, one] of alone.entries()) {
      const input = task.parse(`${one.name}: ${one.typed.question}`)
      expect(task.formatInput(input)).toBe(`${one.name} ${one.formatInput(one.parse(one.typed.question))}`)
      expect(parts[i].formatAnswer(task.oracle(input))).toBe(one.typed.answer)
    }
  })
})

test("options come back: the same tasks from what a config stores", () => {
  const task = createTask("copy,sort")
  expect(createTask(task.name, task.options).symbols).toEqual(task.symbols)
})

test.each([
  ["copy,copy", /got copy twice/],
  ["copy,revers", /did you mean reverse/],
  ["copy,copy-vectors", /only tasks on symbols/],
  ["copy,", /got the task ""/],
])("%s is refused", (name, reason) => expect(() => createTask(name)).toThrow(reason))

test.each([["0110"], ["sort 01"], ["copy"]])("%j is no question", (text) =>
  expect(() => both.parse(text)).toThrow(/expected a task's name and its question, such as "copy \d+"/),
)
