// The phases of a run: when one begins, what it changes, and that it resumes bit for bit.

import { expect, test } from "vitest"
import { resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { type PartialPhase, plainPhase, resolvePhases } from "../../src/training/phases.ts"
import { collect, errorsOf, learnedAt2, of } from "./runs.ts"

/** A run with a constant learning rate that counts as learned after step 2. Then come these phases. */
const after2 = (...phases: readonly PartialPhase[]) =>
  learnedAt2({ schedule: { name: "constant" }, dropout: { rate: 0.1 } }, ...phases)

test("a phase begins where the one before it ends, and keeps what it does not change", async () => {
  const { phases, ...own } = after2()
  const [first, second] = phases
  const { events } = await collect({
    ...own,
    phases: [
      first,
      { ...second, until: 2 },
      { until: 1, noise: { start: 0.1, max: 0.1 } },
      { schedule: { name: "exponential", decay: 0.5, floor: 0 } },
    ],
  })
  const steps = of(events, "step")
  expect(steps.map((s) => s.phase)).toEqual([0, 0, 1, 1, 2, 3])
  expect(steps.map((s) => s.dropout)).toEqual([0.25, 0.25, 0.1, 0.1, 0.1, 0.1])
  expect(steps.map((s) => s.noise)).toEqual([0, 0, 0, 0, 0.1, 0.1])
  const start = steps[0].learningRate
  expect(steps.map((s) => s.learningRate / start)).toEqual([1, 1, 1, 1, 1, 0.5])
  expect(of(events, "phase").map(({ step, phase, phases }) => [step, phase, phases])).toEqual([
    [2, 1, 4],
    [4, 2, 4],
    [5, 3, 4],
  ])
})

test("joined: a phase lasts until all sizes have come", async () => {
  const { events } = await collect({
    ...learnedAt2(),
    sizes: [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    phases: [{ until: "joined" }, { dropout: { rate: 0 } }],
    learned: { every: 1000 },
  })
  // the threshold is 0: a group joins after every step
  expect(of(events, "step").map((s) => [s.size, s.phase])).toEqual([
    [1, 0],
    [2, 0],
    [3, 1],
    [3, 1],
    [3, 1],
    [3, 1],
  ])
})

test("each of what a phase may change does so from that step on, and changes nothing before", async () => {
  const noise = { start: 0.2, max: 0.2, step: 0, exact: 1 }
  const run = async (change: PartialPhase) => {
    const { phases, ...own } = learnedAt2()
    const [first] = phases
    const second: PartialPhase = { schedule: { name: "constant" }, dropout: { rate: 0.1 }, noise, until: 2 }
    return errorsOf((await collect({ ...own, phases: [first, second, change] })).events)
  }
  const plain = await run({})
  for (const change of [
    { dropout: { rate: 0.5 } },
    { noise: { start: 0.5, max: 0.5 } },
    { dropout: { length: 1 } },
    { hardExamples: { share: 1 } },
  ] satisfies PartialPhase[]) {
    const errors = await run(change)
    const field = JSON.stringify(change)
    errors.slice(0, 4).forEach((error, i) => {
      expect(error, `${field}, step ${i + 1}`).toBeCloseTo(plain[i], 6)
    })
    errors.slice(4).forEach((error, i) => {
      expect(Math.abs(error - plain[4 + i]), `${field}, step ${i + 5}`).toBeGreaterThan(1e-5)
    })
  }
})

test("a run that goes on within a later phase gives the same bytes", async () => {
  const given = after2({ dropout: { rate: 0.5 }, ema: { decay: 0.5 }, noise: { start: 0.1, max: 0.2, step: 0.01 } })
  const config = { ...given, phases: given.phases.map((phase, i) => (i === 1 ? { ...phase, until: 2 } : phase)) }
  const whole = await collect(config)
  for (const step of [3, 4, 5]) {
    const again = await collect(config, whole.snapshots.get(step) as Snapshot)
    expect(again.snapshots.get(6)).toEqual(whole.snapshots.get(6))
  }
})

test("a phase is given over the one before it, and the first over the model's own", () => {
  const { phases } = resolveConfig({ phases: [{ until: 5, clip: { norm: 2 } }, { clip: { elements: 3 } }] })
  expect(phases.map((phase) => [phase.until, phase.clip, phase.dropout.rate, phase.schedule.name])).toEqual([
    [5, { elements: null, norm: 2 }, 0.25, "plateau"],
    ["goal", { elements: 3, norm: 2 }, 0.25, "plateau"],
  ])
  expect(resolvePhases([{}], plainPhase())).toEqual([plainPhase()])
})

test("the last phase lasts until the goal; a list without a phase, and phases that cannot be, are refused", () => {
  const refusal = (phases: readonly unknown[]) => () => resolveConfig({ phases: phases as PartialPhase[] })
  expect(refusal([{ until: 5 }])).toThrow('phases.0.until: got 5, expected "goal" for the last phase')
  expect(refusal([])).toThrow("phases: got [], expected a list of one phase or more")
  expect(refusal([{ until: 0 }, {}])).toThrow(/phases\.0\.until: got 0, expected one of joined, learned, goal, or/)
  expect(refusal([{}, { noise: null }])).toThrow(/phases\.1\.noise: got null, expected an object with start, max/)
  expect(refusal([{ dropout: { length: 0 } }])).toThrow(/phases\.0\.dropout\.length: got 0/)
  expect(refusal([{ dropouts: {} }])).toThrow(/phases\.0: there is no "dropouts".*did you mean dropout\?/)
})
