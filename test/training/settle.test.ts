// What changes once the trained sizes are learnt, in several phases, as a run's steps show it.

import { expect, test } from "vitest"
import { resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { collect, learntAt2, of } from "./runs.ts"

const quiet = { start: 0, most: 0, step: 0, exact: 1 }
const settling = (settle: object) => ({
  ...learntAt2,
  settle: { keep: 1, noise: quiet, structured: 0, decay: 1, floor: 0, ...settle },
})

async function trained(settle: object, from?: Snapshot) {
  const { events, snapshots } = await collect(settling(settle), from)
  return { steps: of(events, "step"), snapshots }
}
const errorsOf = async (settle: object) => (await trained(settle)).steps.map(({ error }) => error)

test("a later phase begins so many steps after the sizes are learnt, and keeps what it does not change", async () => {
  const noise = { ...quiet, start: 0.1, most: 0.1 }
  const { steps } = await trained({
    keep: 0.9,
    later: [
      { after: 2, noise },
      { after: 3, decay: 0.5 },
    ],
  })
  expect(steps.map((s) => s.keep)).toEqual([0.75, 0.75, 0.9, 0.9, 0.9, 0.9])
  expect(steps.map((s) => s.noise)).toEqual([0, 0, 0, 0, 0.1, 0.1])
  const { start } = resolveConfig({}).rate
  expect(steps.map((s) => s.rate / start)).toEqual([1, 1, 1, 1, 1, 0.5])
})

test("each of what a phase may change does so from that step on, and changes nothing before", async () => {
  const noise = { ...quiet, start: 0.2, most: 0.2 }
  const base = { keep: 0.9, noise }
  const plain = await errorsOf({ ...base, later: [] })
  expect(await errorsOf(base)).toEqual(plain)
  for (const change of [
    { keep: 0.5 },
    { noise: { ...noise, start: 0.5, most: 0.5 } },
    { stateNoise: 0.5 },
    { dropoutLength: 1 },
    { holdSteps: 20 },
    { structured: 1 },
  ]) {
    const field = Object.keys(change)[0]
    const errors = await errorsOf({ ...base, later: [{ after: 2, ...change }] })
    errors.slice(0, 4).forEach((error, i) => {
      expect(error, `${field}, step ${i + 1}`).toBeCloseTo(plain[i], 6)
    })
    errors.slice(4).forEach((error, i) => {
      expect(Math.abs(error - plain[4 + i]), `${field}, step ${i + 5}`).toBeGreaterThan(1e-5)
    })
  }
})

test("a run that goes on within a later phase gives the same bytes", async () => {
  const settle = {
    later: [{ after: 2, keep: 0.5, average: 0.5, noise: { ...quiet, start: 0.1, most: 0.2, step: 0.01 } }],
  }
  const { snapshots: whole } = await trained(settle)
  const { snapshots: again } = await trained(settle, whole.get(4))
  expect([...again.keys()]).toEqual([5, 6])
  expect(again.get(6)).toEqual(whole.get(6))
})

test("phases that do not rise, or that say what cannot be, are refused", () => {
  const refusal = (later: object[]) => () => resolveConfig(settling({ later }))
  expect(refusal([{ after: 5 }, { after: 5 }])).toThrow(
    /settle\.later: got \[5,5\], expected phases with rising numbers/,
  )
  expect(refusal([{ keep: 0.9 }])).toThrow(/settle\.later/)
  expect(refusal([{ after: 5, keep: 0 }])).toThrow(/settle\.keep: got 0, expected a number above 0/)
  expect(refusal([{ after: 5, noise: null }])).toThrow(/settle\.noise: got null, expected start, most/)
  expect(refusal([{ after: 5, dropoutLength: 0 }])).toThrow(/settle\.dropoutLength: got 0/)
  expect(refusal([{ after: 5, keeps: 0.9 }])).toThrow(/settle\.later: there is no "keeps"/)
})
