// Training as a user would notice it: it learns, goes on bit for bit, survives numbers that are not finite, starts over.

import { describe, expect, test } from "vitest"
import type { Backend } from "../../src/backends/backend.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { random } from "../../src/core/rng.ts"
import { type AnyExample, encodingOf } from "../../src/encoding/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import { type Snapshot, TrainingFailed } from "../../src/training/events.ts"
import { compileModel } from "../../src/training/model.ts"
import { train } from "../../src/training/trainer.ts"
import { collect, of } from "./runs.ts"

const small: PartialConfig = {
  task: { name: "add" },
  model: { maps: 6 },
  batch: {
    groups: [
      [1, 2],
      [3, 4],
    ],
    examples: 16,
    structured: 0.25,
  },
  curriculum: { threshold: 0.4 },
  fit: { every: 4, samples: 8, times: 1, exact: 0 },
  goal: { size: 12, samples: 8, times: 3, every: 5, confirm: null },
  gradientNoise: 0.01,
  clip: 1,
  replay: { share: 0.5, search: 20, every: 3 },
}

/** A backend whose programs spoil the gradient in some of their runs. */
function spoiling(when: (run: number) => boolean): Backend {
  const inner = wasm(1)
  let runs = 0
  return {
    ...inner,
    compile: async (plan) => {
      const program = await inner.compile(plan)
      return {
        plan,
        peakBytes: 0,
        run: async (...args) => {
          const result = await program.run(...args)
          if (plan.gradient && when(runs++)) result.gradient[3] = Number.NaN
          return result
        },
        dispose: () => program.dispose(),
      }
    },
  }
}

test("copying one symbol is learnt in a few hundred steps", async () => {
  const { events } = await collect({
    task: { name: "copy" },
    model: { maps: 12 },
    steps: 300,
    batch: { groups: [[1, 3]], examples: 16, structured: 0 },
    keep: 1,
    fit: { every: 1000, samples: 8, times: 1, exact: 1 },
    restart: { enabled: false },
  })
  const steps = of(events, "step")
  expect(steps[0].error).toBeGreaterThan(0.5)
  expect(steps.slice(-20).every((s) => s.symbol > 0.95)).toBe(true)
})

test("a goal asks for structured examples as well, unless it leaves them out", async () => {
  for (const structured of [true, false]) {
    const { events } = await collect({
      task: { name: "copy" },
      model: { maps: 12 },
      steps: 600,
      batch: { groups: [[1, 2]], examples: 16 },
      keep: 1,
      average: 0.5,
      fit: { every: 10, samples: 8, times: 1, exact: 1 },
      goal: { size: 2, samples: 8, structured, times: 1, every: 5 },
      restart: { enabled: false },
    })
    expect(events.at(-1)).toMatchObject({ type: "done", reason: "generalises" })
    const kinds = of(events, "evaluation").filter(({ size }) => size === 2)
    expect(kinds.some((e) => e.structured)).toBe(structured)
  }
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
  const hopeless: PartialConfig = {
    ...small,
    steps: 12,
    curriculum: { threshold: 1, measure: "exact" },
    restart: { enabled: true, joinedBy: 5, provedAfter: 100, accuracy: 0.9, goalBy: 1000 },
  }
  test("starts over with the next seed, and says why; its steps count", async () => {
    const restarts = of((await collect(hopeless)).events, "restart")
    expect(restarts.map((r) => [r.step, r.seed])).toEqual([
      [5, 2],
      [10, 3],
    ])
    expect(restarts[0].reason).toContain("1 of 2 groups")
  })

  test("goes on where starting over is switched off", async () => {
    const { events } = await collect({ ...hopeless, restart: { enabled: false } })
    expect(of(events, "restart")).toHaveLength(0)
    expect(of(events, "step")).toHaveLength(12)
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
    const errorWith = async (noise: number, most: number) => {
      const { events } = await collect({
        ...small,
        model: { form, maps: 6 },
        noise,
        settle: { noise: { start: 0, most, step: 0, exact: 1 } },
        steps: 1,
      })
      return of(events, "step")[0].error
    }
    const none = await errorWith(0, 0)
    expect(await errorWith(0, 0.5), form).toBe(none)
    expect(await errorWith(0.5, 0.5), form).not.toBe(none)
  }
})

test("noise on the state is a share of that noise in either form, and is absent at 0", async () => {
  for (const form of ["diagonal", "original"] as const) {
    const errorWith = async (noise: number, stateNoise: number) => {
      const settle = { noise: { start: 0, most: 0.5, step: 0, exact: 1 } }
      const { events } = await collect({ ...small, model: { form, maps: 6 }, noise, stateNoise, settle, steps: 1 })
      return of(events, "step")[0].error
    }
    expect(await errorWith(0, 0.3), form).toBe(await errorWith(0, 0))
    expect(await errorWith(0.5, 0.3), form).not.toBe(await errorWith(0.5, 0))
  }
})

test("a search keeps what the model is least sure of as it answers, hardest first; none when off", async () => {
  const given = {
    ...small,
    batch: { groups: [[4, 4]] },
    fit: { every: 1, samples: 1, times: 1, exact: 0 },
    steps: 8,
  } as const
  const { snapshots } = await collect({ ...given, replay: { share: 0.5, search: 40, every: 2, perSize: 6 } })
  const { state, tensors } = snapshots.get(8) as Snapshot
  expect(Object.keys(state.found)).toEqual(["4"])
  expect(state.replay[4]).toBeUndefined() // what batches had wrong was asked too, and is kept or not

  const config = resolveConfig(given)
  const encoding = encodingOf(config.task, config.model)
  const model = await compileModel(config, wasm(1))
  const weights = new Float32Array(model.trainable)
  for (const { name, offset, trainable } of model.train.plan.shared)
    if (trainable) weights.set(tensors.get(name)?.data as Float32Array, offset)
  model.predictor.setWeights(weights)
  const errors = async (examples: readonly AnyExample[]) =>
    encoding.worst(examples, await model.predictor.logits(4, examples))
  const kept = await errors(state.found[4].map((input) => encoding.asked(Uint8Array.from(input))))
  const others = await errors(Array.from({ length: 200 }, (_, i) => encoding.hard(4, random(i))))
  await model.dispose()
  expect(kept).toHaveLength(6)
  expect(kept).toEqual([...kept].sort((a, b) => b - a))
  const harder = others.filter((error) => error > (kept.at(-1) as number)).length
  expect(harder).toBeLessThan(others.length / 4)

  for (const replay of [{ share: 0.5 }, { share: 0, search: 40 }]) {
    const off = await collect({ ...given, replay })
    expect(off.snapshots.get(8)?.state.found).toEqual({})
  }
})

test("what settles takes as much noise as it bears, within its bounds", async () => {
  const { snapshots } = await collect({
    ...small,
    steps: 30,
    curriculum: { threshold: 0 },
    settle: { noise: { start: 0.1, most: 0.12, step: 0.004, exact: 0 } },
  })
  const noise = [...snapshots.values()].map((s) => s.state.noise)
  expect(Math.max(...noise)).toBeCloseTo(0.12)
  expect(Math.min(...noise)).toBeGreaterThanOrEqual(0.1)
})

test("what settles lets its learning rate fall, down to its floor", async () => {
  const { snapshots, events } = await collect({
    ...small,
    steps: 30,
    curriculum: { threshold: 0 },
    settle: { decay: 0.5, floor: 0.1 },
  })
  const since = of(events, "fit")[0].step
  const { start } = resolveConfig(small).rate
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
    replay: { share: 0 },
    batch: { groups: [[3, 4]] },
    curriculum: { threshold: 0 },
    keep: 1,
    steps: 8,
  } as const
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
