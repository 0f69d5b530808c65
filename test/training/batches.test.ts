// The examples of a step: the share of hard ones, correct targets, neighbors of a question, and their numbers
// of steps.

import { expect, test } from "vitest"
import { random } from "../../src/core/rng.ts"
import { blocksOf } from "../../src/encoding/index.ts"
import { symbolEncoding } from "../../src/encoding/symbols.ts"
import { createTask, taskFamilies } from "../../src/tasks/index.ts"
import { drawGroups, plainDraw, type Source } from "../../src/training/batches.ts"
import { defaultConfig } from "../../src/training/config.ts"

const { sizes, batchSize, model } = defaultConfig
const plain: Source = { ...plainDraw, sizes, batchSize }

test("training draws the stated share of hard examples, and the same ones again for the same step", () => {
  const task = createTask("add")
  const draw = (hardShare: number, step: number) =>
    drawGroups(symbolEncoding(task, model), { ...plain, batchSize: 512, hardShare }, step, [1, 0])[5]
  // such numbers are very rare among random 17-bit ones: equal, or with long runs
  const striking = (share: number) =>
    draw(share, 3).examples.filter(({ input }) => {
      const ones = input.reduce((n, s) => n + Number(s === 2), 0)
      return ones < 6 || ones > input.length - 7
    }).length
  expect(striking(0)).toBeLessThan(10)
  expect(striking(0.5)).toBeGreaterThan(20)
  expect(draw(0.3, 5).examples).toEqual(draw(0.3, 5).examples)
  expect(draw(0.3, 5).examples).not.toEqual(draw(0.3, 6).examples)
})

test("hard examples are right, for every task", () => {
  for (const name of ["add", "mul", "copy", "reverse", "duplicate", "sort"]) {
    const task = createTask(name)
    for (let i = 0; i < 200; i++) {
      const { input, target } = task.hard(1 + (i % 9), random(i))
      expect(target, `${name} ${task.formatInput(input)}`).toEqual(task.oracle(input))
    }
  }
})

test("a neighbor of a question is a question of the same size that differs at a few places, for every task", () => {
  for (const name of [...taskFamilies.map((family) => family.name), "copy,add"]) {
    const task = createTask(name)
    const encoding = symbolEncoding(task, model)
    let different = 0
    for (let i = 0; i < 50; i++) {
      const { input } = task.hard(4 + (i % 9), random(i))
      const near = encoding.near(input, 4 + (i % 9), random(i, 1))
      const [before, after] = [input, near.input].map((question) => Array.from(task.formatInput(question)))
      const shown = `${name}: ${before.join("")} and ${after.join("")}`
      expect(near.input.length, shown).toBe(input.length)
      expect(near.target, shown).toEqual(task.oracle(near.input))
      const places = before.filter((character, place) => character !== after[place]).length
      expect(places, shown).toBeLessThanOrEqual(4)
      if (places > 0) different++
    }
    expect(different, name).toBeGreaterThan(10)
  }
})

test("a model with extra steps takes all of them when it answers, a random number of them in training, and none when off", () => {
  const task = createTask("mul")
  const L = task.length(5)
  const stepsWith = (extraSteps: number, stepsPerPlace = 1) => {
    const encoding = symbolEncoding(task, { ...model, extraSteps, stepsPerPlace } as typeof model)
    const blocks = Array.from({ length: 40 }, (_, step) =>
      drawGroups(encoding, { ...plain, sizes: [[5, 5]] }, step, [1]).flatMap((g) => g.blocks),
    ).flat()
    for (const { steps, inputs } of blocks) for (const own of inputs.steps) expect(own).toBe(steps)
    const [answering] = blocksOf(encoding, [task.random(5, random(1))], 0, 0)
    return { training: new Set(blocks.map(({ steps }) => steps - L)), answering: answering.steps - L }
  }
  expect(stepsWith(3)).toEqual({ training: new Set([0, 1, 2, 3]), answering: 3 })
  expect(stepsWith(0)).toEqual({ training: new Set([0]), answering: 0 })
  // an answer has time for its carries; training has the same steps as before
  expect(stepsWith(3, 2)).toEqual({ training: new Set([0, 1, 2, 3]), answering: L + 3 })
})
