// Every technique: it has an effect when it is on, none when it is off, and resumes bit for bit from any step
// of a run through all phases. New techniques are tested without changes here.

import { describe, expect, it } from "vitest"
import { defaultsOf } from "../../src/schema/index.ts"
import type { PartialConfig } from "../../src/training/config.ts"
import { defaultsFor, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { graphOf } from "../../src/training/model.ts"
import { type PartialPhase, type Phase, plainPhase, resolvePhases } from "../../src/training/phases.ts"
import type { Technique } from "../../src/training/technique.ts"
import { techniques } from "../../src/training/techniques/index.ts"
import { techniquesOf } from "../../src/training/update.ts"
import { collect, errorsOf } from "./runs.ts"
import { switchedOn, techniqueNames } from "./switched-on.ts"

type Name = (typeof techniqueNames)[number]

/** Reasons why a technique has no effect in the first 70 steps, though it is on. */
const silent: Partial<Record<Name, string>> = {
  restart: "an attempt fails after 2,000 steps at the earliest (trainer.test.ts, gradient.test.ts)",
}
/** Techniques that cannot be off: they measure, follow the weights, or depend on the model. */
const always: Partial<Record<Name, string>> = {
  clip: "it reports the norm",
  ema: "with decay 0 the average is the weights",
  relaxation: "model.copies decides",
}

const base = {
  task: { name: "add" },
  model: { name: "neural-gpu", form: "diagonal", maps: 4, copies: 2 },
  learningRate: 0.02,
  sizes: [
    [2, 2],
    [3, 3],
  ],
  curriculum: { threshold: 0 },
  learned: { every: 1, exact: 0 },
  goal: { size: 4, samples: 1, times: 99, every: 100, confirm: null },
} as const satisfies PartialConfig

/** Everything off: a phase without options, and without a model's own defaults. */
const off: PartialPhase = plainPhase()
const run = (steps: number, phases: readonly PartialPhase[], from?: Snapshot) =>
  collect({ ...base, steps, phases }, from)

describe.each(techniqueNames)("%s", (name) => {
  const technique: Technique & { readonly name: string } = techniques[name]
  const defaults = defaultsOf(technique.fields)
  const on = switchedOn(name)

  it("is off by default, and then it is in no part of a run", () => {
    expect(technique.isOn(defaults)).toBe(name in always)
    expect(technique.graph(defaults)).toEqual({})
    const config = { ...defaultsFor(), phases: [plainPhase()] }
    expect(techniquesOf(config).map((one) => one.name)).toEqual(techniqueNames.filter((one) => one in always))
    expect(graphOf(config)).toEqual({})
    expect(technique.isOn(resolvePhases([on], plainPhase())[0][name])).toBe(true)
  })

  it.skipIf(name in silent)("does something where it is on", async () => {
    const plain = await run(70, [off])
    const other = await run(70, [{ ...off, ...on }])
    if (name === "ema") {
      // it changes only what is measured
      expect(errorsOf(other.events)).toEqual(errorsOf(plain.events))
      expect(averages(other.snapshots.get(70))).not.toEqual(averages(plain.snapshots.get(70)))
    } else expect(errorsOf(other.events)).not.toEqual(errorsOf(plain.events))
  })

  it("is exactly absent where it is off, though a later phase has it on", async () => {
    const phase = { ...off, until: 20 } as const
    const plain = await run(5, [phase, off])
    const other = await run(5, [phase, { ...off, ...on }])
    const { state, tensors } = other.snapshots.get(5) as Snapshot
    expect(tensors).toEqual(plain.snapshots.get(5)?.tensors)
    expect(state).toEqual(plain.snapshots.get(5)?.state)
    expect(errorsOf(other.events)).toEqual(errorsOf(plain.events))
  })

  it("goes on bit for bit from every step of a run in which it comes and goes", () =>
    resumes([{ ...off, ...on, until: "joined" }, { ...off, until: "learned" }, { ...on, until: 2 }, off]))
})

it("with all of them on, a run goes on bit for bit from every step through all phases", () =>
  resumes([
    { ...off, until: "joined" },
    { ...switchedOn(...techniqueNames), until: "learned" },
    { clip: { norm: 0.1 }, noise: { max: 0.5 }, until: 2 },
    { schedule: { name: "exponential" }, ema: { decay: 0.9 } },
  ]))

const STEPS = 10
/** Copies are averaged after the second step, as nothing counts as learned before. */
const pulled: PartialPhase = { relaxation: { pull: 0.05, factor: 2, end: 0.15 } }

async function resumes(given: readonly PartialPhase[]): Promise<void> {
  const phases = given.map((phase) => ({ ...phase, ...pulled }))
  const straight = await run(STEPS, phases)
  const end = straight.snapshots.get(STEPS) as Snapshot
  expect(end.state.phase.index).toBe(phases.length - 1)
  for (let step = 1; step < STEPS; step++) {
    // as read from a file
    const from = straight.snapshots.get(step) as Snapshot
    const read = { ...from, state: JSON.parse(JSON.stringify(from.state)) as Snapshot["state"] }
    const again = (await run(STEPS, phases, read)).snapshots.get(STEPS) as Snapshot
    expect(again.state, `from step ${step}`).toEqual(end.state)
    for (const [tensor, { data }] of end.tensors) expect(again.tensors.get(tensor)?.data, tensor).toEqual(data)
  }
}

const averages = (snapshot: Snapshot | undefined) =>
  [...(snapshot?.tensors ?? [])].filter(([tensor]) => tensor.startsWith("ema/")).map(([, { data }]) => data)

it("a technique's options are refused where the model or the task does not have it, by the list", () => {
  const refusal = (given: PartialConfig, phase: Partial<Phase> | PartialPhase) => () =>
    resolveConfig({ ...given, phases: [{ ...off, ...phase }] as PartialPhase[] })
  for (const name of techniqueNames) {
    const { needs, tasks }: Technique = techniques[name]
    const on = switchedOn(name)
    const vectors = refusal({ task: { name: "copy-vectors" }, model: { name: "ntm" } }, on)
    if (needs !== null || tasks !== "all")
      expect(vectors, name).toThrow(new RegExp(`phases\\.0\\.${name}: got .*expected it off: `))
    else expect(vectors, name).not.toThrow()
    expect(refusal({}, on), name).not.toThrow()
  }
})
