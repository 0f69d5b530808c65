// When the learning rate falls: each rule against its own source's bookkeeping, replayed from what a run tells of itself; and it goes on bit for bit.

import { expect, it } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, StepEvent } from "../../src/training/events.ts"
import { train } from "../../src/training/trainer.ts"

const base: PartialConfig = {
  task: { name: "left" },
  model: { maps: 6 },
  steps: 60,
  batch: { groups: [[1, 4]], examples: 16, structured: 0 },
  curriculum: { form: "sizes", threshold: 0.3, measure: "symbol", every: 4, mixing: "paper" },
  settle: null,
  fit: { every: 100_000 },
  restart: { enabled: false },
}
const EVERY = 2

async function run(rate: PartialConfig["rate"], from?: Snapshot, more: PartialConfig = {}) {
  const config = resolveConfig({
    ...base,
    ...more,
    rate: { start: 0.02, factor: 0.9, every: EVERY, floor: 0, ...rate },
  })
  const steps: StepEvent[] = []
  const snapshots: Snapshot[] = []
  for await (const event of train(config, wasm(1), from)) {
    if (event.type !== "step") continue
    steps.push(event)
    snapshots.push(await event.snapshot())
  }
  return { steps, snapshots }
}

/** Rates as the neural_gpu code would have them: a list of errors, in which a huge one stands for what is forgotten. */
function asTheCode(steps: readonly StepEvent[], windows: number): number[] {
  const HUGE = 1e6
  const before = new Array<number>(windows).fill(HUGE)
  let [rate, sum] = [0.02, 0]
  return steps.map(({ error, step, size }, i) => {
    const used = rate
    sum += error
    if (step % EVERY === 0) {
      const next = steps[i + 1]?.size ?? size
      if (next > size && next < 4) before.push(HUGE)
      if (sum / EVERY > Math.max(...before.slice(-windows))) rate *= 0.9
      before.push(sum / EVERY)
      sum = 0
    }
    return used
  })
}

it.each([
  ["code", 3],
  ["code-2017", 5],
] as const)("%s falls as that code does, whatever the stage", async (rule, windows) => {
  const { steps } = await run({ rule }, undefined, { steps: 160 })
  const expected = asTheCode(steps, windows)
  expect(new Set(expected).size).toBeGreaterThan(1) // it does fall
  expect(new Set(steps.map((s) => s.size)).size).toBe(4) // and the curriculum goes on meanwhile
  steps.forEach(({ rate, step }, i) => expect(rate, `step ${step}`).toBeCloseTo(expected[i], 12))
})

it("dngpu falls once all sizes train, after a window worse than both before it", async () => {
  const { steps } = await run({ rule: "dngpu" })
  const all = steps.findIndex((s) => s.size === 4)
  expect(new Set(steps.slice(0, all + 1).map((s) => s.rate))).toEqual(new Set([0.02]))
  const windows = Array.from({ length: 30 }, (_, i) => (steps[2 * i].error + steps[2 * i + 1].error) / 2)
  for (let i = Math.ceil(all / 2) + 2; i < 29; i++)
    expect(steps[2 * i + 2].rate < steps[2 * i].rate, `window ${i}`).toBe(
      windows[i] > windows[i - 1] && windows[i] > windows[i - 2],
    )
  expect(steps.at(-1)?.rate).toBeLessThan(0.02)
  const unsaid = await run({})
  expect(unsaid.steps.map((s) => s.rate)).toEqual(steps.map((s) => s.rate)) // what a config that says nothing has always meant
})

it("with averaged copies the code's rate falls where a stage is learnt three times as well as it must be", async () => {
  const copies: PartialConfig = {
    model: { maps: 6, copies: 2 },
    relaxation: { pull: 0.1, factor: 2, most: 0.1 },
    steps: 120,
    batch: { groups: [[1, 1]], examples: 16, structured: 0 },
  }
  const curriculum = { form: "sizes", measure: "symbol", every: 4, mixing: "none" } as const
  // of a threshold of 0 three times as well is two thirds
  const more = { ...copies, curriculum: { ...curriculum, threshold: 0 } }
  const other = await run({ rule: "dngpu", every: 1000 }, undefined, more)
  expect(new Set(other.steps.map((s) => s.rate))).toEqual(new Set([0.02]))
  const { steps } = await run({ rule: "code", every: 1000 }, undefined, more)
  let rate = 0.02
  steps.forEach((s, i) => {
    expect(s.rate).toBeCloseTo(rate, 12)
    const four = steps.slice(i - 3, i + 1)
    if ((i + 1) % 4 === 0 && four.reduce((sum, e) => sum + 1 - e.symbol, 0) / 4 < 1 / 3) rate *= 0.9
  })
  expect(rate).toBeLessThan(0.02)
})

it("goes on bit for bit", async () => {
  const straight = await run({ rule: "code" })
  for (const step of [13, 38]) {
    const again = await run({ rule: "code" }, straight.snapshots[step - 1])
    expect(again.steps.map((s) => s.rate)).toEqual(straight.steps.slice(step).map((s) => s.rate))
    expect(again.snapshots.at(-1)).toEqual(straight.snapshots.at(-1))
  }
})

it("a rule that is not there is refused", () =>
  expect(() => resolveConfig({ ...base, rate: { rule: "cosine" as never } })).toThrow(
    'rate.rule: got "cosine", expected one of dngpu, code, code-2017',
  ))
