// Settings that are changed during training, and what a run forgets when it goes back.

import { describe, expect, it } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, StepEvent } from "../../src/training/events.ts"
import { train } from "../../src/training/trainer.ts"
import { createHistory } from "../../web/src/history.ts"
import { changed } from "../../web/src/live.ts"

const config = resolveConfig({ task: { name: "copy" }, model: { maps: 4 }, sizes: [[1, 3]], batchSize: 16 })

async function steps(count: number, config: Parameters<typeof train>[0], from?: Snapshot): Promise<StepEvent[]> {
  const found: StepEvent[] = []
  for await (const event of train(config, wasm(1), from)) {
    if (event.type !== "step") continue
    found.push(event)
    if (found.length === count) break
  }
  return found
}
async function savedAfter(count: number): Promise<Snapshot> {
  let saved: Snapshot | undefined
  for await (const event of train(config, wasm(1))) {
    if (event.type !== "step" || event.step < count) continue
    saved = await event.snapshot()
    break
  }
  return saved as Snapshot
}

describe("a change while a run trains", () => {
  it("counts from the next step on, in this phase and in all later ones", async () => {
    const saved = await savedAfter(2)
    const next = changed(config, saved, { learningRate: 0.005, dropout: 0.1 })
    expect(next.told).toBe("learning rate 0.005, dropout 0.1")
    expect(next.config.phases.map(({ dropout }) => dropout.rate)).toEqual([0.1, 0.1])
    expect(await steps(2, next.config, next.saved)).toMatchObject([
      { step: 3, learningRate: 0.005, dropout: 0.1 },
      { step: 4, learningRate: 0.005, dropout: 0.1 },
    ])
  })

  it("leaves all else as it was, and what it was made from too", async () => {
    const saved = await savedAfter(1)
    const before = structuredClone(saved.state)
    const next = changed(config, saved, { dropout: 0 })
    expect(next.saved).toBe(saved)
    expect({ ...next.config, phases: [] }).toEqual({ ...config, phases: [] })
    expect(changed(config, saved, { learningRate: 0.3 }).saved?.state).toEqual({ ...before, rate: 0.3 })
    expect(saved.state).toEqual(before)
  })

  it("before the first step is a change of the config", async () => {
    const next = changed(config, undefined, { learningRate: 0.005 })
    expect(next.saved).toBeUndefined()
    expect(await steps(1, next.config)).toMatchObject([{ learningRate: 0.005 }])
  })

  it("to what cannot be is refused in a sentence", () => {
    expect(() => changed(config, undefined, { dropout: 1 })).toThrow("dropout.rate: got 1, expected a number")
  })
})

describe("a run that goes back", () => {
  const row = (step: number) => ({
    step,
    error: 1 / step,
    symbol: 0.5,
    exact: 0.1,
    size: 3,
    learningRate: 0.1,
    dropout: 0.25,
    distance: 0,
  })
  const saved = (step: number) => ({ step, tensors: new Map(), state: {} }) as unknown as Snapshot
  const history = () => {
    const history = createHistory(config.model)
    history.add([row(1), row(2)], 10)
    history.save(saved(2))
    history.measure(2, [{ size: 3, exact: 0.1, symbol: 0.5 }])
    history.note(2, "learned")
    history.add([row(3)], 15)
    history.save(saved(3))
    history.measure(3, [{ size: 3, exact: 1, symbol: 1 }])
    history.note(3, "it generalizes")
    return history
  }

  it("forgets curves, saved steps, sizes, notes and time of the future that it leaves", () => {
    const past = history()
    expect([past.seconds.value, past.step(), past.sizes.value[0].exact]).toEqual([15, 3, 1])
    past.forget(2)
    expect([past.seconds.value, past.step(), past.sizes.value[0].exact]).toEqual([10, 2, 0.1])
    expect(past.curves.step).toEqual([1, 2])
    expect(past.saved.value.map(({ step }) => step)).toEqual([2])
    expect(past.notes.value).toEqual([{ step: 2, text: "learned" }])
    past.forget(0)
    expect([past.seconds.value, past.step(), past.sizes.value, past.last.value]).toEqual([0, 0, [], undefined])
  })

  it("has a branch that knows the same past", () => {
    const branch = createHistory(config.model, saved(2))
    branch.take(history(), 2)
    expect(branch.curves.step).toEqual([1, 2])
    expect([branch.seconds.value, branch.last.value]).toEqual([10, row(2)])
  })

  it("keeps at most 64 saved steps, the newest among them", () => {
    const long = createHistory(config.model)
    for (let step = 1; step <= 1000; step++) long.save(saved(step))
    expect(long.saved.value.length).toBeLessThanOrEqual(64)
    expect(long.saved.value.at(-1)?.step).toBe(1000)
  })
})
