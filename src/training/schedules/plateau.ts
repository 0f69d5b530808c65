// The learning rate falls when the error stops falling: when the mean error of a window exceeds that of the
// windows before it [DNGPU code]. It starts once all sizes have joined.

import * as v from "valibot"
import { finite, number, type ValuesOf, whole } from "../../schema/index.ts"
import type { Schedule } from "../schedule.ts"

const fields = {
  factor: number(0.7, "Factor of the learning rate when it falls.", {
    above: 0,
    max: 1,
    source: "DNGPU code: 0.7; neural_gpu code: 0.98",
  }),
  every: whole(200, "Steps in a window.", { min: 1, source: "DNGPU code" }),
}

/** Number of earlier windows with which a window is compared [DNGPU code]. */
const WINDOWS = 2
/** Lower limit of the learning rate, as a share of the initial one [DNGPU code]. */
const FLOOR = 1 / 60

export interface State {
  error: number
  count: number
  /** Mean errors of earlier windows. */
  before: number[]
}

export const plateau = {
  fields,
  begin: () => ({ error: 0, count: 0, before: [] }),
  state: v.strictObject({ error: finite, count: finite, before: v.array(finite) }),
  next({ factor, every }, state, { start, rate, attemptSteps, error, joined }) {
    state.error += error
    state.count++
    if (attemptSteps % every !== 0) return rate
    const mean = state.error / state.count
    const isWorse = state.before.length === WINDOWS && state.before.every((e) => mean > e)
    state.before = [...state.before, mean].slice(-WINDOWS)
    state.error = state.count = 0
    return joined && isWorse ? Math.max(start * FLOOR, rate * factor) : rate
  },
} as const satisfies Schedule<ValuesOf<typeof fields>, State>
