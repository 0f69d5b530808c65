// Tasks on vectors and images: the target can be computed from the input, by other means than the
// generator's.

import { describe, expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"
import { imageTasks } from "../../src/tasks/images/index.ts"
import { type VectorExample, type VectorTask, vectorTask, vectorTasks } from "../../src/tasks/vectors/index.ts"
import { MOST_REPEATS } from "../../src/tasks/vectors/repeat-copy.ts"

const example = (name: string, size: number, seed: number) => {
  const task = vectorTask(name) as VectorTask
  return { task, example: task.random(size, random(seed)) }
}
const input = (task: VectorTask, { input }: VectorExample, place: number, from = 0, to = task.width) => [
  ...input.subarray(place * task.width + from, place * task.width + to),
]
const answers = (task: VectorTask, { target, counts }: VectorExample) =>
  [...counts].flatMap((c, l) => (c ? [[...target.subarray(l * task.answer, (l + 1) * task.answer)]] : []))

describe.each(vectorTasks.map((t) => t.name))("%s", (name) => {
  it("has the stated shape at every size, and the same example for the same stream", () => {
    const task = vectorTask(name) as VectorTask
    for (let size = task.minSize; size < task.minSize + 8; size++) {
      const { example: a } = example(name, size, size)
      const places = a.counts.length
      expect(places).toBeLessThanOrEqual(task.length(size))
      expect([a.input.length, a.target.length]).toEqual([places * task.width, places * task.answer])
      expect(a.counts.some((c) => c === 1)).toBe(true)
      expect(a.target.every((x) => x === 0 || x === 1)).toBe(true)
      expect(example(name, size, size).example).toEqual(a)
    }
  })
})

it.each(vectorTasks.map((t) => t.name))("%s is given as many places as its longest example needs", (name) => {
  const task = vectorTask(name) as VectorTask
  for (const size of [task.minSize, task.trained[1]]) {
    const places = Array.from({ length: 200 }, (_, seed) => example(name, size, seed).example.counts.length)
    expect(Math.max(...places)).toBe(task.length(size))
  }
})

it("copy: the answer is what was shown, after the delimiter, and nothing is shown meanwhile", () => {
  const { task, example: e } = example("copy-vectors", 7, 1)
  expect(answers(task, e)).toEqual(Array.from({ length: 7 }, (_, i) => input(task, e, i, 0, 8)))
  expect(input(task, e, 7)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1])
  expect(e.input.subarray(8 * task.width).every((x) => x === 0)).toBe(true)
})

it("repeat copy: as often as the normalized number says, then the end marker", () => {
  const seen = new Set<number>()
  for (let seed = 0; seed < 60; seed++) {
    const { task, example: e } = example("repeat-copy", 3, seed)
    const number = input(task, e, 3)[9]
    const repeats = Math.round(number * Math.sqrt((MOST_REPEATS ** 2 - 1) / 12) + (1 + MOST_REPEATS) / 2)
    seen.add(repeats)
    const shown = Array.from({ length: 3 }, (_, i) => [...input(task, e, i, 0, 8), 0])
    expect(answers(task, e)).toEqual([
      ...Array.from({ length: repeats }, () => shown).flat(),
      [0, 0, 0, 0, 0, 0, 0, 0, 1],
    ])
  }
  expect(seen.size).toBe(MOST_REPEATS)
})

it("associative recall: the item after the one that is asked for", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { task, example: e } = example("associative-recall", 5, seed)
    const items = Array.from({ length: 5 }, (_, n) => [1, 2, 3].map((i) => input(task, e, 4 * n + i, 0, 6)))
    const query = [1, 2, 3].map((i) => input(task, e, 20 + i, 0, 6))
    const found = items.findIndex((item) => JSON.stringify(item) === JSON.stringify(query))
    expect(answers(task, e)).toEqual(items[found + 1])
  }
})

it("associative recall: every item that another follows is asked for, about equally often, at every trained size", () => {
  for (const size of [2, 3, 6]) {
    const asked = new Array(size).fill(0)
    const draws = 300 * (size - 1)
    for (let seed = 0; seed < draws; seed++) {
      const { task, example: e } = example("associative-recall", size, seed)
      const shown = (place: number) => String([1, 2, 3].map((i) => input(task, e, place + i, 0, 6)))
      asked[Array.from({ length: size }, (_, n) => shown(4 * n)).indexOf(shown(4 * size))]++
    }
    expect(asked.at(-1)).toBe(0)
    // 300 each, within four standard deviations
    for (const times of asked.slice(0, -1)) expect(Math.abs(times - 300)).toBeLessThan(4 * Math.sqrt(300))
  }
})

it("priority sort: the vectors of highest priority, highest first", () => {
  const { task, example: e } = example("priority-sort", 20, 3)
  const shown = Array.from({ length: 20 }, (_, i) => ({
    bits: input(task, e, i, 0, 8),
    priority: input(task, e, i)[8],
  }))
  const sorted = shown.sort((a, b) => b.priority - a.priority).slice(0, 16)
  expect(answers(task, e)).toEqual(sorted.map((s) => s.bits))
})

it("n-grams: the Bayesian bound is what it pays, counted by hand, and no other counts predict better on average", () => {
  const task = vectorTask("n-grams") as VectorTask
  const paid = (e: VectorExample, half: number) => {
    const bits = [...e.input, e.target[e.target.length - 1]].join("")
    let total = 0
    for (let i = 5; i < bits.length; i++) {
      const context = bits.slice(i - 5, i)
      let [zeros, ones] = [0, 0]
      for (let j = 5; j < i; j++) if (bits.slice(j - 5, j) === context) bits[j] === "1" ? ones++ : zeros++
      const one = (ones + half) / (ones + zeros + 2 * half)
      total -= Math.log2(bits[i] === "1" ? one : 1 - one)
    }
    return total
  }
  let [best, smoother] = [0, 0]
  for (let seed = 0; seed < 60; seed++) {
    const e = task.random(200, random(9, seed))
    expect(task.bound?.(e)).toBeCloseTo(paid(e, 0.5), 6)
    best += paid(e, 0.5)
    smoother += paid(e, 2)
  }
  expect(best).toBeLessThan(smoother)
})

it("images: every class is drawn, and the stripes are where the class says", () => {
  for (const task of imageTasks) {
    const seen = new Set<number>()
    for (let i = 0; i < 100; i++) {
      const { pixels, label } = task.random(random(4, i))
      seen.add(label)
      expect(pixels.length).toBe(task.height * task.width * task.channels)
      // along the stripes neighbors are alike, across them they are not
      const { width } = task
      let [along, across] = [0, 0]
      for (let p = 0; p + width + 1 < pixels.length; p++) {
        along += (pixels[p] - pixels[p + 1]) ** 2
        across += (pixels[p] - pixels[p + width]) ** 2
      }
      expect(along < across).toBe(task.classes[label].includes("lying"))
    }
    expect(seen.size).toBe(task.classes.length)
  }
})
