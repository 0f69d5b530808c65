// Every learning-rate schedule: it starts at the given rate, stays positive and resumes bit for bit. Then the
// specifics of each one.

import { describe, expect, it } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { random } from "../../src/core/rng.ts"
import { defaultsOf } from "../../src/schema/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, StepEvent } from "../../src/training/events.ts"
import type { PartialPhase } from "../../src/training/phases.ts"
import type { Schedule } from "../../src/training/schedule.ts"
import { schedules } from "../../src/training/schedules/index.ts"
import { train } from "../../src/training/trainer.ts"
import { changed } from "./switched-on.ts"

type Name = keyof typeof schedules
const names = Object.keys(schedules) as Name[]

const base: PartialConfig = {
  task: { name: "left" },
  model: { name: "neural-gpu", maps: 6 },
  learningRate: 0.02,
  steps: 60,
  sizes: [[1, 4]],
  curriculum: { form: "sizes", threshold: 0.3, measure: "symbol", every: 4, mixing: "paper" },
  learned: { every: 100_000 },
}

async function run(schedule: PartialPhase["schedule"], more: PartialConfig = {}, from?: Snapshot) {
  const config = resolveConfig({ ...base, phases: [{ schedule, restart: { enabled: false } }], ...more })
  const steps: StepEvent[] = []
  const snapshots: Snapshot[] = []
  for await (const event of train(config, wasm(1), from)) {
    if (event.type !== "step") continue
    steps.push(event)
    snapshots.push(await event.snapshot())
  }
  return { steps, snapshots, rates: steps.map(({ learningRate }) => learningRate) }
}

describe.each(names)("%s", (name) => {
  const both = [defaultsOf(schedules[name].fields), changed(schedules[name].fields)]

  it("begins at the rate that it is given, and goes on bit for bit from every step", async () => {
    for (const options of both) {
      const schedule = { name, ...options } as PartialPhase["schedule"]
      const straight = await run(schedule, { steps: 12 })
      expect(straight.rates[0]).toBe(0.02)
      for (let step = 1; step < 12; step++) {
        const again = await run(schedule, { steps: 12 }, straight.snapshots[step - 1])
        expect(again.rates).toEqual(straight.rates.slice(step))
        expect(again.snapshots.at(-1)).toEqual(straight.snapshots.at(-1))
      }
    }
  })

  it("begins at the present rate in a later phase", async () => {
    const first = { schedule: { name: "exponential", decay: 0.5, floor: 0 }, until: 2 } as const
    const { rates } = await run(undefined, { steps: 4, phases: [first, { schedule: { name } }] })
    expect(rates.slice(0, 2)).toEqual([0.02, 0.01])
    expect(rates[2]).toBeGreaterThan(0)
    expect(rates[2]).toBeLessThanOrEqual(0.01)
  })

  it("stays positive, finite and no higher than it began, whatever the errors do; its state is plain JSON", () => {
    const schedule: Schedule = schedules[name]
    const errors = random(1)
    for (const options of both)
      for (const error of [() => 1, (step: number) => step, () => errors.uniform(), (step: number) => 1 / step]) {
        let state = schedule.begin()
        let rate = 0.02
        for (let step = 1; step <= 3000; step++) {
          state = JSON.parse(JSON.stringify(state))
          const view = { start: 0.02, rate, steps: step, attemptSteps: step, error: error(step), joined: step > 100 }
          rate = schedule.next(options, state, view)
          expect(rate > 0 && rate <= 0.02, `${rate} after step ${step}`).toBe(true)
        }
      }
  })
})

it("constant stays", async () => expect(new Set((await run({ name: "constant" })).rates)).toEqual(new Set([0.02])))

it("exponential multiplies at every step, down to its share of the beginning", async () => {
  const { rates } = await run({ name: "exponential", decay: 0.5, floor: 0.2 }, { steps: 6 })
  expect(rates).toEqual([0.02, 0.01, 0.005, 0.004, 0.004, 0.004])
})

it("plateau falls once all sizes train, after a window worse than both before it", async () => {
  const { steps, rates } = await run({ name: "plateau", factor: 0.9, every: 2 })
  const all = steps.findIndex((s) => s.size === 4)
  expect(new Set(rates.slice(0, all + 1))).toEqual(new Set([0.02]))
  const windows = Array.from({ length: 30 }, (_, i) => (steps[2 * i].error + steps[2 * i + 1].error) / 2)
  for (let i = Math.ceil(all / 2) + 2; i < 29; i++)
    expect(rates[2 * i + 2] < rates[2 * i], `window ${i}`).toBe(
      windows[i] > windows[i - 1] && windows[i] > windows[i - 2],
    )
  expect(rates.at(-1)).toBeLessThan(0.02)
  const again = await run(
    { name: "plateau", factor: 0.9, every: 2 },
    { curriculum: { ...base.curriculum, threshold: 1 } },
  )
  expect(new Set(again.rates)).toEqual(new Set([0.02])) // the sizes never join
})

it("plateau falls no further than a sixtieth of the rate at the beginning", () => {
  const options = { factor: 0.5, every: 1 }
  const state = schedules.plateau.begin()
  let rate = 0.6
  for (let step = 1; step < 40; step++)
    rate = schedules.plateau.next(options, state, {
      start: 0.6,
      rate,
      steps: step,
      attemptSteps: step,
      error: step,
      joined: true,
    })
  expect(rate).toBeCloseTo(0.01, 12)
})

it("a schedule that is not there is refused", () =>
  expect(() => resolveConfig({ ...base, phases: [{ schedule: { name: "linear" as never } }] })).toThrow(
    `phases.0.schedule.name: got "linear", expected one of ${Object.keys(schedules).join(", ")}`,
  ))
