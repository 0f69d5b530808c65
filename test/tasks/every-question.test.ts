// All questions of a size: each once, and none is missing.

import { expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"
import { everyQuestion } from "../../src/tasks/every-question.ts"
import { createTask, taskFamilies } from "../../src/tasks/index.ts"

it.each(taskFamilies.map(({ name }) => name))("%s: every question once", (name) => {
  const task = createTask(name)
  const { count, take } = everyQuestion(task, 1)
  const questions = take(0, count).map((input) => task.formatInput(input))
  expect(questions.length).toBe(count)
  expect(new Set(questions).size).toBe(count)
  for (let i = 0; i < 200; i++) expect(questions).toContain(task.formatInput(task.random(1, random(i)).input))
  for (const input of take(0, count)) expect(input.length).toBe(task.length(1))
})

it("counts as many as there are, and hands them out in parts", () => {
  expect(everyQuestion(createTask("add"), 10).count).toBe(2 ** 20)
  expect(everyQuestion(createTask("mul", { base: 10 }), 2).count).toBe(10 ** 4)
  expect(everyQuestion(createTask("copy"), 4000).count).toBe(Number.POSITIVE_INFINITY)
  const { take } = everyQuestion(createTask("copy"), 3)
  const task = createTask("copy")
  expect([...take(0, 3), ...take(3, 9)].map((input) => task.formatInput(input))).toEqual([
    "000",
    "001",
    "010",
    "011",
    "100",
    "101",
    "110",
    "111",
  ])
})
