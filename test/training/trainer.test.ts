// Training as a user sees it: it learns, resumes bit for bit, survives non-finite numbers, and restarts.

import { describe, expect, test } from "vitest"
import type { Backend, Program } from "../../src/backends/backend.ts"
import { hostResident } from "../../src/backends/host-resident.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import { type Snapshot, type TrainEvent, TrainingFailed } from "../../src/training/events.ts"
import { train } from "../../src/training/trainer.ts"
import { startRateOf } from "../../src/training/update.ts"
import { collect, errorsOf, of, parametersOf, settled, stateOf } from "./runs.ts"

const techniques = {
  hardExamples: { share: 0.25 },
  gradientNoise: { scale: 0.01 },
  clip: { norm: 1 },
  hardBuffer: { share: 0.5 },
} as const
const small = {
  task: { name: "add" },
  model: { name: "neural-gpu", maps: 6 },
  learningRate: 0.02,
  sizes: [
    [1, 2],
    [3, 4],
  ],
  curriculum: { threshold: 0.4 },
  learned: { every: 2, exact: 0 },
  goal: { size: 12, samples: 8, times: 3, every: 5, confirm: null },
  phases: [
    { until: "learned", ...techniques },
    { ...settled, ...techniques, hardExamples: { share: 0.3 }, hardBuffer: { share: 0.5, search: 20 } },
  ],
} as const satisfies PartialConfig

/** A backend whose programs damage the gradient in some runs. */
function spoiling(when: (run: number) => boolean): Backend {
  const inner = wasm(1)
  let runs = 0
  return {
    ...inner,
    compile: async (plan) => {
      const { run, ...program } = await inner.compile(plan)
      const spoiled: Program = {
        ...program,
        run: async (...args) => {
          const result = await run(...args)
          if (plan.gradient && when(runs++)) result.gradient[3] = Number.NaN
          return result
        },
        resident: async (update) => hostResident(spoiled, update),
      }
      return spoiled
    },
  }
}

const withoutDropout = { until: "learned", dropout: { rate: 0 }, restart: { enabled: false } } as const

test("copying one symbol is learned in a few hundred steps", async () => {
  const { events } = await collect({
    task: { name: "copy" },
    model: { name: "neural-gpu", maps: 12 },
    learningRate: 0.02,
    steps: 300,
    sizes: [[1, 3]],
    phases: [withoutDropout, {}],
    learned: { every: 1000 },
  })
  const steps = of(events, "step")
  expect(steps[0].error).toBeGreaterThan(0.5)
  expect(steps.slice(-20).every((s) => s.symbol > 0.95)).toBe(true)
})

test("a goal asks for hard examples as well", async () => {
  const { events } = await collect({
    task: { name: "copy" },
    model: { name: "neural-gpu", maps: 12 },
    learningRate: 0.02,
    steps: 600,
    sizes: [[1, 2]],
    phases: [withoutDropout, { ...settled, ema: { decay: 0.5 }, restart: { enabled: false } }],
    learned: { every: 10, exact: 1 },
    goal: { size: 2, samples: 8, times: 1, every: 5 },
  })
  expect(events.at(-1)).toMatchObject({ type: "done", reason: "generalizes" })
  const kinds = of(events, "evaluation").filter(({ size }) => size === 2)
  expect(kinds.some((e) => e.hard)).toBe(true)
})

describe("a run that goes on from a snapshot", () => {
  test("gives the bytes of a run that never stopped, whatever the step", async () => {
    const straight = await collect({ ...small, steps: 24 })
    for (const step of [1, 4, 7, 8, 13, 20]) {
      const again = await collect({ ...small, steps: 24 }, straight.snapshots.get(step))
      const [a, b] = [straight.snapshots.get(24), again.snapshots.get(24)] as [Snapshot, Snapshot]
      expect(b.state).toEqual(a.state)
      for (const [name, { data }] of a.tensors) expect(b.tensors.get(name)?.data, name).toEqual(data)
    }
  })

  test("snapshots do not change as training goes on", async () => {
    const { snapshots } = await collect({ ...small, steps: 6 })
    const kernel = (step: number) => snapshots.get(step)?.tensors.get("dcgru0/reset/kernel")?.data
    expect(kernel(2)).not.toEqual(kernel(5))
  })

  test("is refused where a tensor is missing, by its name", async () => {
    const { snapshots } = await collect({ ...small, steps: 1 })
    const snapshot = snapshots.get(1) as Snapshot
    const tensors = new Map([...snapshot.tensors].filter(([name]) => name !== "ema/dcgru0/reset/kernel"))
    await expect(collect({ ...small, steps: 2 }, { ...snapshot, tensors })).rejects.toThrow(
      /ema\/dcgru0\/reset\/kernel/,
    )
  })
})

describe("numbers that are not finite", () => {
  test("are not applied: training goes back and draws other examples", async () => {
    const { events, snapshots } = await collect(
      { ...small, steps: 8 },
      undefined,
      spoiling((run) => run === 5),
    )
    expect(of(events, "rollback")).toHaveLength(1)
    const last = snapshots.get(8) as Snapshot
    expect(last.state.rollbacks).toBe(1)
    for (const { data } of last.tensors.values()) expect(data.every(Number.isFinite)).toBe(true)
    const plain = errorsOf((await collect({ ...small, steps: 8 })).events)
    expect(errorsOf(events).slice(0, 5)).toEqual(plain.slice(0, 5))
    expect(errorsOf(events).at(-1)).not.toBe(plain.at(-1))
  })

  test("for ever end with a report", async () => {
    await expect(
      collect(
        { ...small, steps: 8 },
        undefined,
        spoiling(() => true),
      ),
    ).rejects.toThrow(TrainingFailed)
  })
})

describe("a run that learns nothing", () => {
  const hopeless = (enabled: boolean): PartialConfig => ({
    task: { name: "copy", base: 10 },
    model: { name: "neural-gpu", maps: 1 },
    sizes: [
      [1, 1],
      [2, 2],
    ],
    learningRate: 1e-9,
    curriculum: { threshold: 1, measure: "exact" },
    phases: [{ dropout: { rate: 0 }, restart: { enabled } }],
    steps: 2003,
  })
  async function run(config: PartialConfig) {
    const events: TrainEvent[] = []
    let restarted: Snapshot | undefined
    for await (const event of train(resolveConfig(config), wasm(1))) {
      events.push(event)
      if (event.type === "step" && event.step === 2000) restarted = await event.snapshot()
    }
    return { events, restarted: restarted as Snapshot }
  }

  test("starts over with the next seed, and says why; its steps count", async () => {
    const { events, restarted } = await run(hopeless(true))
    const restarts = of(events, "restart")
    expect(restarts.map((r) => [r.step, r.seed])).toEqual([[2000, 2]])
    expect(restarts[0].reason).toContain("1 of 2 groups")
    const seeds = of(events, "step").map((s) => [s.step, s.seed])
    expect(seeds.slice(-4)).toEqual([
      [2000, 1],
      [2001, 2],
      [2002, 2],
      [2003, 2],
    ])
    // a snapshot of that step starts a new attempt, without anything of the failed one
    expect(restarted.state).toMatchObject({ step: 2000, seed: 2, begin: 2000, phase: { index: 0, began: 2000 } })
    for (const [name, { data }] of restarted.tensors)
      if (name.startsWith("optimizer/"))
        expect(
          data.every((x) => x === 0),
          name,
        ).toBe(true)
    for (const name of parametersOf(restarted))
      expect(restarted.tensors.get(name)?.data, name).toEqual(restarted.tensors.get(`ema/${name}`)?.data)
  })

  test("goes on where starting over is switched off", async () => {
    const { events } = await run(hopeless(false))
    expect(of(events, "restart")).toHaveLength(0)
    expect(of(events, "step")).toHaveLength(2003)
  })
})

test("sizes beyond the last group are never trained on", async () => {
  const { events } = await collect({ ...small, steps: 30, curriculum: { threshold: 0 } })
  const sizes = new Set(of(events, "step").map((s) => s.size))
  expect(Math.max(...sizes)).toBe(4)
})

test("a goal that is met ends the run, and a step limit does too", async () => {
  const limited = await collect({ ...small, steps: 3 })
  expect(limited.events.at(-1)).toMatchObject({ type: "done", reason: "steps", step: 3 })
})

test("noise on pre-activations changes a training step of either form, and is absent at 0", async () => {
  for (const form of ["diagonal", "original"] as const) {
    const errorWith = async (start: number, max: number) => {
      const { events } = await collect({
        ...small,
        model: { name: "neural-gpu", form, maps: 6 },
        phases: [{ ...small.phases[0], until: "goal", noise: { start, max } }],
        steps: 1,
      })
      return of(events, "step")[0].error
    }
    const none = await errorWith(0, 0)
    expect(await errorWith(0, 0.5), form).toBe(none)
    expect(await errorWith(0.5, 0.5), form).not.toBe(none)
  }
})

test("noise becomes as strong as the model bears, within its bounds", async () => {
  const noise = { start: 0.1, max: 0.12, step: 0.004, exact: 0 }
  const { snapshots } = await collect({
    ...small,
    steps: 30,
    curriculum: { threshold: 0 },
    phases: [small.phases[0], { ...small.phases[1], noise }],
  })
  const deviations = [...snapshots.values()]
    .filter(({ state }) => state.phase.index === 1)
    .map((snapshot) => stateOf<{ deviation: number }>(snapshot, "noise").deviation)
  expect(deviations.length).toBeGreaterThan(20)
  expect(Math.max(...deviations)).toBeCloseTo(0.12)
  expect(Math.min(...deviations)).toBeGreaterThanOrEqual(0.1)
})

test("a phase lets its learning rate fall, down to its floor", async () => {
  const config: PartialConfig = {
    ...small,
    steps: 30,
    curriculum: { threshold: 0 },
    phases: [small.phases[0], { ...small.phases[1], schedule: { name: "exponential", decay: 0.5, floor: 0.1 } }],
  }
  const { snapshots, events } = await collect(config)
  const since = of(events, "learned")[0].step
  const start = startRateOf(resolveConfig(config))
  const after = [...snapshots.values()].filter((s) => s.step >= since).map((s) => s.state.rate / start)
  expect(after.slice(0, 4)).toEqual([1, 0.5, 0.25, 0.125])
  expect(after.slice(4).every((share) => Math.abs(share - 0.1) < 1e-9)).toBe(true)
})

test("a check says before each of its waves how far it is; whoever leaves there goes on from the step before", async () => {
  const given = {
    ...small,
    goal: { size: 12, samples: 40, times: 3, every: 2, bits: 9, confirm: null },
    task: { name: "copy-vectors" },
    model: { name: "lstm", units: 6 },
    sizes: [[3, 4]],
    curriculum: { threshold: 0 },
    phases: [{ until: "learned", gradientNoise: { scale: 0.01 }, clip: { norm: 1 } }, { ema: { decay: 0.5 } }],
    steps: 8,
  } as const satisfies PartialConfig
  const { events, snapshots } = await collect(given)
  const waves = of(events, "checking").filter(({ size }) => size === 8)
  expect(waves[0]).toMatchObject({ done: 0, of: 32 })
  expect(of(events, "checking").every(({ done, of }) => done < of)).toBe(true)

  const before = new Map<number, Snapshot>()
  for await (const event of train(resolveConfig(given), wasm(1))) {
    if (event.type === "step") before.set(event.step, await event.snapshot())
    if (event.type === "checking" && event.step === waves[0].step) break
  }
  const from = before.get(waves[0].step - 1) as Snapshot
  expect((await collect(given, from)).snapshots.get(8)).toEqual(snapshots.get(8))
})
