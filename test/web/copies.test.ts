// The distance of copies of a parameter, as the page draws it.

import { expect, it } from "vitest"
import type { ModelConfig } from "../../src/models/index.ts"
import { type NeuralGpuOptions, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import type { TrainState } from "../../src/training/events.ts"
import { copiesAt } from "../../web/src/copies.ts"

/** The original form with one layer of so many columns and channels. */
const modelOf = (copies: number, shape: Partial<NeuralGpuOptions> = {}): ModelConfig => ({
  name: "neural-gpu",
  ...neuralGpuForms.original,
  ...{ layers: 1, width: 1, maps: 2, copies },
  ...shape,
})
const tensor = (shape: number[], data: readonly number[]) => ({ shape, data: Float32Array.from(data) })
const at = (tensors: Record<string, ReturnType<typeof tensor>>, model = modelOf(2)) => {
  const relaxation = { pull: 0.005, averaged: false }
  const state = { techniques: { relaxation } } as Pick<TrainState, "techniques"> as TrainState
  return copiesAt({ step: 30, tensors: new Map(Object.entries(tensors)), state }, model)
}

/** Two copies of parameters for two channels: a kernel of one place, and a bias. */
const two = {
  "cgru0/update/kernel": tensor([2, 1, 1, 2, 2], [0, 1, 2, 3, 8, 1, 2, 3]),
  "cgru0/update/bias": tensor([2, 2], [1, 5, 1, -1]),
}

it("is the root of the mean square over all weights, of each copy from the mean of all", () => {
  const found = at(two)
  // off by 4 at one weight of the kernel and by 3 at one of the bias, of six weights
  const distance = Math.sqrt((4 ** 2 + 3 ** 2) / 6)
  expect(found?.distances).toHaveLength(2)
  for (const got of found?.distances ?? []) expect(got).toBeCloseTo(distance, 6)
  expect(found).toMatchObject({ step: 30, pull: 0.005, one: false })
})

it("tells apart a copy that is far off from those that agree", () => {
  const found = at({ "cgru0/reset/bias": tensor([3, 1], [0, 0, 9]) }, modelOf(3, { maps: 1 }))
  expect(found?.distances).toEqual([3, 3, 6])
})

it("draws each copy's signed distance, weight by weight, for each kernel", () => {
  const found = at(two)
  expect(found?.squares.map(({ name }) => name)).toEqual(["cgru0/update"])
  expect(found?.squares[0].off.map((off) => [...off])).toEqual([
    [-4, 0, 0, 0],
    [4, 0, 0, 0],
  ])
  expect(found?.side).toBe(2)
})

it("draws the place in the middle of a larger kernel, and knows how large weights begin", () => {
  const place = (values: readonly number[], middle: number) => values.flatMap((_, i) => (i === middle ? 10 : i))
  const kernel = tensor([2, 3, 3, 1, 1], [...place(Array(9).fill(0), -1), ...place(Array(9).fill(0), 4)])
  const found = at({ "cgru1/candidate/kernel": kernel }, modelOf(2, { width: 3, maps: 1, layers: 2 }))
  expect(found?.squares[0].off.map((off) => [...off])).toEqual([[-3], [3]])
  expect(found?.full).toBeCloseTo(Math.sqrt(6 / (9 + 9)), 6) // Glorot & Bengio 2010
})

it("leaves out what has no copies: other layers, averages and an optimizer's state", () => {
  const others = {
    "input/kernel": tensor([2, 1, 1, 1, 1], [0, 100]),
    "ema/cgru0/update/bias": tensor([2, 2], [0, 0, 100, 100]),
    "cgru0/update/scale": tensor([2], [0, 100]),
  }
  expect(at({ ...two, ...others })?.distances).toEqual(at(two)?.distances)
  expect(at(others)).toBeUndefined()
})

it("shows nothing for a model with one set of parameters", () => {
  expect(at(two, modelOf(1))).toBeUndefined()
})
