// Parameter-sharing relaxation: copies take turns, are pulled together, and become one set that acts as one.

import { expect, test } from "vitest"
import { hostUpdate } from "../../src/backends/host-resident.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import type { Copies } from "../../src/plan/copies.ts"
import { overCopies } from "../../src/plan/copies.ts"
import { UpdateBuilder, WEIGHTS } from "../../src/plan/update.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, StepEvent } from "../../src/training/events.ts"
import { relaxation } from "../../src/training/techniques/relaxation.ts"
import { train } from "../../src/training/trainer.ts"
import { stateOf } from "./runs.ts"

type Options = { readonly pull: number; readonly factor: number; readonly end: number }
const config = (more: PartialConfig, pull: Options = { pull: 0.01, factor: 2, end: 0.06 }): PartialConfig => ({
  task: { name: "copy" },
  model: { name: "neural-gpu", form: "original", width: 2, layers: 1, maps: 4, copies: 2 },
  sizes: [[1, 3]],
  curriculum: { form: "sizes", threshold: 0, every: 2, mixing: "none" },
  optimizer: { name: "adam" },
  learningRate: 0.01,
  learned: { every: 1000 },
  phases: [
    {
      clip: { norm: 1 },
      gradientNoise: { scale: 0.01 },
      dropout: { rate: 0 },
      saturation: { weight: 0 },
      restart: { enabled: false },
      relaxation: pull,
    },
  ],
  ...more,
})

async function steps(more: PartialConfig, pull?: Options) {
  const out: { event: StepEvent; state: Snapshot }[] = []
  for await (const event of train(resolveConfig(config(more, pull)), wasm(1)))
    if (event.type === "step") out.push({ event, state: await event.snapshot() })
  return out
}
const own = ({ state }: { state: Snapshot }) => stateOf<{ pull: number | null; averaged: boolean }>(state, "relaxation")
const averaged = (all: Awaited<ReturnType<typeof steps>>) => all.map((one) => own(one).averaged)
const kernel = ({ state }: Awaited<ReturnType<typeof steps>>[number]) => {
  const { data } = state.tensors.get("cgru0/update/kernel") as { data: Float32Array }
  return [data.subarray(0, data.length / 2), data.subarray(data.length / 2)]
}

/** Runs one of the technique's parts of an update. It changes `arrays.gradient` and returns the distance. */
function updated(
  place: "cost" | "spread",
  copies: readonly Copies[],
  arrays: { weights: Float32Array; gradient: Float32Array },
  numbers: { pull: number; "copies averaged": number },
): number {
  const u = new UpdateBuilder(copies, [WEIGHTS])
  relaxation.update[place]?.(u, [])
  return hostUpdate(u.finish(), arrays.weights.length)(arrays, numbers, {}).distance
}

test("the pull's gradient is that of the squared distance to the mean", () => {
  const weights = Float32Array.of(1, 2, 3, 5, 9)
  const copies = [{ offset: 1, size: 2, copies: 2 }] // (2, 3) and (5, 9)
  const gradient = new Float32Array(5)
  const distance = (p: Float32Array) => {
    const [a, b] = [(p[1] + p[3]) / 2, (p[2] + p[4]) / 2]
    return (p[1] - a) ** 2 + (p[3] - a) ** 2 + (p[2] - b) ** 2 + (p[4] - b) ** 2
  }
  const told = updated("cost", copies, { weights, gradient }, { pull: 0.5, "copies averaged": 0 })
  expect(told).toBeCloseTo(distance(weights))
  for (let i = 0; i < 5; i++) {
    const [up, down] = [weights.slice(), weights.slice()]
    up[i] += 0.01
    down[i] -= 0.01
    expect(gradient[i]).toBeCloseTo((0.5 * (distance(up) - distance(down))) / 0.02, 3)
  }
  overCopies(weights, copies, "mean")
  expect([...weights]).toEqual([1, 3.5, 6, 3.5, 6])
})

test("copies that are one get the mean gradient, which counts once", () => {
  const copies = [{ offset: 0, size: 2, copies: 3 }]
  const weights = new Float32Array(7)
  const gradient = Float32Array.of(1, 2, 3, 4, 5, 6, 7)
  const numbers = { pull: 0.5, "copies averaged": 1 }
  expect(updated("cost", copies, { weights, gradient }, numbers)).toBe(0)
  expect([...gradient]).toEqual([3, 4, 0, 0, 0, 0, 7])
  updated("spread", copies, { weights, gradient }, numbers)
  expect([...gradient]).toEqual([3, 4, 3, 4, 3, 4, 7])
})

test("the pull grows with every advance, then the copies become one and stay one", async () => {
  const all = await steps({ steps: 12 })
  expect(all.map((one) => own(one).pull ?? 0.01)).toEqual([
    0.01, 0.02, 0.02, 0.04, 0.04, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08,
  ])
  // two sizes more, and the last one learned: 0.08 passes 0.06
  expect(averaged(all)).toEqual(all.map((_, i) => i >= 5))
  expect(all.slice(0, 6).every(({ event }) => event.distance > 0)).toBe(true)
  const [before, after] = [kernel(all[4]), kernel(all[11])]
  expect(before[0]).not.toEqual(before[1])
  expect(after[0]).toEqual(after[1])
  expect(after[0]).not.toEqual(kernel(all[6])[0]) // they still learn
})

test("a pull that comes to its end exactly goes on to the next advance: it must pass it", async () => {
  const all = await steps({ steps: 8 }, { pull: 0.0625, factor: 2, end: 0.25 })
  expect(all.map((one) => own(one).pull)).toEqual([null, 0.125, 0.125, 0.25, 0.25, 0.5, 0.5, 0.5])
  expect(averaged(all)).toEqual(all.map((_, i) => i >= 5))
})

test("the last size, learned again and again, pulls on until the pull has reached its end", async () => {
  const all = await steps({ steps: 16 }, { pull: 0.01, factor: 2, end: 0.5 })
  expect(averaged(all)).toEqual(all.map((_, i) => i >= 11)) // three advances more
})

test("a strong pull keeps the copies together, a weak one does not", async () => {
  const distance = async (pull: number) =>
    (
      await steps({ steps: 30, curriculum: { form: "sizes", threshold: 1, every: 1000 } }, { pull, factor: 1, end: 1 })
    ).at(-1)?.event.distance as number
  const [weak, strong] = [await distance(1e-9), await distance(1)]
  expect(strong).toBeLessThan(0.8 * weak)
})

test("with one copy there is nothing to relax, whatever the pull says", async () => {
  const model = { name: "neural-gpu", form: "original", width: 2, layers: 1, maps: 4, copies: 1 } as const
  const [a, b] = [await steps({ model, steps: 5 }), await steps({ model, steps: 5 }, { pull: 0.1, factor: 5, end: 9 })]
  expect(a[4].state.tensors).toEqual(b[4].state.tensors)
  expect(a[4].event.distance).toBe(0)
})

test("trained sizes count as learned only once the copies are one", async () => {
  const given = { steps: 14, learned: { every: 1, exact: 0 } } as const
  const learnedAt = async (pull: Options) => (await steps(given, pull)).at(-1)?.state.state.learned.since
  expect(await learnedAt({ pull: 0.01, factor: 2, end: 0.06 })).toBe(7) // one after step 6, right twice
  expect(await learnedAt({ pull: 0.01, factor: 2, end: 100 })).toBe(null)
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
