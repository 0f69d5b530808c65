// Every optimizer: it finds the minimum of a bowl, takes the step of its paper, and its momentum arrays are
// momentum.

import { describe, expect, it } from "vitest"
import { hostUpdate } from "../../src/backends/host-resident.ts"
import { WEIGHTS } from "../../src/plan/update.ts"
import { defaultsOf } from "../../src/schema/index.ts"
import { defaultsFor, resolveConfig, type TrainConfig } from "../../src/training/config.ts"
import { optimizers } from "../../src/training/optimizers/index.ts"
import type { Optimizer } from "../../src/training/optimizers/optimizer.ts"
import { plainPhase } from "../../src/training/phases.ts"
import { updateOf } from "../../src/training/update.ts"
import { changed } from "./switched-on.ts"

type Name = keyof typeof optimizers
const names = Object.keys(optimizers) as Name[]

/** An optimizer alone, on the host. Each call is one update with this gradient. */
function stepper(name: Name, size: number, options: object = {}) {
  const optimizer: Optimizer = optimizers[name]
  const own = { ...defaultsOf(optimizer.fields), ...options }
  const config = { ...defaultsFor(), optimizer: { name, ...own } as TrainConfig["optimizer"], phases: [plainPhase()] }
  const update = updateOf(config, [])
  const run = hostUpdate(update, size)
  const arrays = Object.fromEntries(update.arrays.map((array) => [array, new Float32Array(size)]))
  const numbers = optimizer.begin(own)
  return {
    arrays,
    step: (gradient: readonly number[], rate: number) =>
      run(
        { ...arrays, gradient: Float32Array.from(gradient) },
        { ...optimizer.next(own, numbers, rate), "ema decay": 0 },
        {},
      ),
  }
}

describe.each(names)("%s", (name) => {
  it("finds the bottom of a bowl", () => {
    const rates: Partial<Record<Name, number>> = { adam: 0.05, adamax: 0.05, sgd: 0.01, rmsprop: 0.005 }
    const { arrays, step } = stepper(name, 2)
    const w = arrays[WEIGHTS]
    w.set([1, -2])
    for (let i = 0; i < 600; i++) step([w[0], 4 * w[1]], rates[name] ?? 0.01)
    expect(Math.hypot(...w), name).toBeLessThan(0.1)
  })

  it("begins with numbers of its own, in plain JSON, and names the arrays that it keeps", () => {
    const { arrays, momentum, begin, fields }: Optimizer = optimizers[name]
    const numbers = begin(defaultsOf(fields))
    expect(JSON.parse(JSON.stringify(numbers))).toEqual(numbers)
    expect(new Set(arrays).size).toBe(arrays.length)
    for (const one of momentum) expect(arrays).toContain(one)
  })

  it("stands still on a gradient of 0 once its momentum is 0", () => {
    const { arrays, step } = stepper(name, 3)
    step([1, -2, 3], 0.1)
    for (const one of optimizers[name].momentum) arrays[one].fill(0)
    const before = arrays[WEIGHTS].slice()
    step([0, 0, 0], 0.1)
    expect(arrays[WEIGHTS]).toEqual(before)
  })

  it.skipIf(Object.keys(optimizers[name].fields).length === 0)("takes other options, and they change its steps", () => {
    const moved = (options: object) => {
      const { arrays, step } = stepper(name, 2, options)
      for (const gradient of [
        [1, -3],
        [0.5, 4],
        [-2, 1],
      ])
        step(gradient, 0.1)
      return arrays[WEIGHTS]
    }
    const options = changed(optimizers[name].fields)
    expect(resolveConfig({ optimizer: { name, ...options } as never }).optimizer).toEqual({ name, ...options })
    expect(moved(options)).not.toEqual(moved({}))
  })
})

describe("a step is what the paper writes", () => {
  const gradients = [
    [0.5, -1],
    [0.2, 3],
    [-0.7, 0.1],
  ]
  const rate = 0.1
  const compare = (name: Name, expected: (g: readonly number[]) => number) => {
    const { arrays, step } = stepper(name, 2)
    for (const gradient of gradients) step(gradient, rate)
    for (const i of [0, 1]) expect(arrays[WEIGHTS][i]).toBeCloseTo(expected(gradients.map((g) => g[i])), 6)
  }

  it("sgd: v ← 0.9·v + g; w ← w − rate·v", () =>
    compare("sgd", (gs) => {
      let [v, w] = [0, 0]
      for (const g of gs) {
        v = 0.9 * v + g
        w -= rate * v
      }
      return w
    }))

  it("adam [Kingma & Ba 2015, algorithm 1]", () =>
    compare("adam", (gs) => {
      let [m, v, w] = [0, 0, 0]
      gs.forEach((g, i) => {
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        w -= (rate * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-4)
      })
      return w
    }))

  it("adamax [DNGPU code]: the maximum decays, elements are clipped to 1.2 times it", () =>
    compare("adamax", (gs) => {
      let [m, u, w, decay] = [0, 0, 0, 0.01]
      for (const given of gs) {
        const limit = 1.2 * u + 1e-4
        const g = Math.max(-limit, Math.min(limit, given))
        m = 0.9 * m + 0.1 * g
        u = Math.max((1 - Math.max(0.0005, decay)) * u, Math.abs(g))
        w -= (rate * m) / (u + 1e-8)
        decay *= 0.5 ** (1 / 2000)
      }
      return w
    }))

  it("rmsprop is centered: the mean's square is taken off the mean square [Graves 2013, eqs 38 to 45]", () =>
    compare("rmsprop", (gs) => {
      let [n, mean, v, w] = [0, 0, 0, 0]
      for (const g of gs) {
        n = 0.95 * n + 0.05 * g * g
        mean = 0.95 * mean + 0.05 * g
        v = 0.9 * v - (rate * g) / Math.sqrt(n - mean * mean + 1e-4)
        w += v
      }
      return w
    }))
})
