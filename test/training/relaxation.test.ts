// Parameter-sharing relaxation: copies are used by turns, pulled together, and become one set that behaves as one.

import { expect, test } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, StepEvent } from "../../src/training/events.ts"
import {
  addPull,
  averageCopies,
  foldGradient,
  relaxedTensors,
  spreadGradient,
} from "../../src/training/techniques/relaxation.ts"
import { train } from "../../src/training/trainer.ts"

const config = (more: PartialConfig): PartialConfig => ({
  task: { name: "copy" },
  model: { form: "original", width: 2, layers: 1, maps: 4, copies: 2 },
  batch: { groups: [[1, 3]], examples: 16 },
  curriculum: { form: "sizes", threshold: 0, every: 2, mixing: "none" },
  optimizer: { name: "adam" },
  rate: { start: 0.01 },
  clip: 1,
  gradientNoise: 0.01,
  settle: null,
  keep: 1,
  saturation: { weight: 0 },
  restart: { enabled: false },
  fit: { every: 1000 },
  relaxation: { pull: 0.01, factor: 2, most: 0.06 },
  ...more,
})

async function steps(more: PartialConfig) {
  const out: { event: StepEvent; state: Snapshot }[] = []
  for await (const event of train(resolveConfig(config(more)), wasm(1)))
    if (event.type === "step") out.push({ event, state: await event.snapshot() })
  return out
}
const kernel = ({ state }: Awaited<ReturnType<typeof steps>>[number]) => {
  const { data } = state.tensors.get("cgru0/update/kernel") as { data: Float32Array }
  return [data.subarray(0, data.length / 2), data.subarray(data.length / 2)]
}

test("the pull's gradient is that of the squared distance to the mean", () => {
  const parameters = Float32Array.of(1, 2, 3, 5, 9)
  const relaxed = [{ offset: 1, size: 2, copies: 2 }] // (2, 3) and (5, 9)
  const gradient = new Float32Array(5)
  const distance = (p: Float32Array) => {
    const [a, b] = [(p[1] + p[3]) / 2, (p[2] + p[4]) / 2]
    return (p[1] - a) ** 2 + (p[3] - a) ** 2 + (p[2] - b) ** 2 + (p[4] - b) ** 2
  }
  expect(addPull(gradient, parameters, relaxed, 0.5)).toBeCloseTo(distance(parameters))
  for (let i = 0; i < 5; i++) {
    const [up, down] = [parameters.slice(), parameters.slice()]
    up[i] += 0.01
    down[i] -= 0.01
    expect(gradient[i]).toBeCloseTo((0.5 * (distance(up) - distance(down))) / 0.02, 3)
  }
  averageCopies(parameters, relaxed)
  expect([...parameters]).toEqual([1, 3.5, 6, 3.5, 6])
})

test("copies that are one get the mean gradient, which counts once", () => {
  const relaxed = [{ offset: 0, size: 2, copies: 3 }]
  const gradient = Float32Array.of(1, 2, 3, 4, 5, 6, 7)
  foldGradient(gradient, relaxed)
  expect([...gradient]).toEqual([3, 4, 0, 0, 0, 0, 7])
  spreadGradient(gradient, relaxed)
  expect([...gradient]).toEqual([3, 4, 3, 4, 3, 4, 7])
})

test("the pull grows with every advance, then the copies become one and stay one", async () => {
  const all = await steps({ steps: 12 })
  expect(all.map(({ state }) => state.state.pull)).toEqual([
    0.01, 0.02, 0.02, 0.04, 0.04, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08,
  ])
  // two sizes more, and the last one learnt: 0.08 passes 0.06
  expect(all.map(({ state }) => state.state.averaged)).toEqual(all.map((_, i) => i >= 5))
  expect(all.slice(0, 6).every(({ event }) => event.distance > 0)).toBe(true)
  const [before, after] = [kernel(all[4]), kernel(all[11])]
  expect(before[0]).not.toEqual(before[1])
  expect(after[0]).toEqual(after[1])
  expect(after[0]).not.toEqual(kernel(all[6])[0]) // and they go on learning
})

test("the last size, learnt again and again, pulls on until the pull has reached its end", async () => {
  const all = await steps({ steps: 16, relaxation: { pull: 0.01, factor: 2, most: 0.5 } })
  expect(all.map(({ state }) => state.state.averaged)).toEqual(all.map((_, i) => i >= 11)) // three advances more
})

test("a strong pull keeps the copies together, a weak one does not", async () => {
  const distance = async (pull: number) =>
    (
      await steps({
        steps: 30,
        curriculum: { form: "sizes", threshold: 1, every: 1000 },
        relaxation: { pull, factor: 1, most: 1 },
      })
    ).at(-1)?.event.distance as number
  const [weak, strong] = [await distance(0), await distance(1)]
  expect(strong).toBeLessThan(0.8 * weak)
})

test("with one copy there is nothing to relax, whatever the pull says", async () => {
  const one = { model: { form: "original", width: 2, layers: 1, maps: 4, copies: 1 } } as PartialConfig
  const [a, b] = [
    await steps({ ...one, steps: 5 }),
    await steps({ ...one, steps: 5, relaxation: { pull: 0.1, factor: 5, most: 9 } }),
  ]
  expect(a[4].state.tensors).toEqual(b[4].state.tensors)
  expect(a[4].event.distance).toBe(0)
  expect(relaxedTensors([])).toEqual([])
})

test("a run goes on bit for bit while copies are pulled, at the step that makes them one, and after it", async () => {
  const given = resolveConfig(config({ steps: 10 }))
  const straight = await steps({ steps: 10 })
  for (const at of [3, 5, 6, 8]) {
    let last: StepEvent | undefined
    for await (const event of train(given, wasm(1), straight[at - 1].state)) if (event.type === "step") last = event
    const end = await last?.snapshot()
    expect(end?.tensors, `from step ${at}`).toEqual(straight[9].state.tensors)
    expect(end?.state).toEqual(straight[9].state.state)
  }
})
