// Cosine annealing [Loshchilov & Hutter 2017, eq. 5, without restarts]: the learning rate falls along half a
// cosine over the given steps of the phase, then stays at its floor.

import * as v from "valibot"
import { finite, number, type ValuesOf, whole } from "../../schema/index.ts"
import type { Schedule } from "../schedule.ts"

const fields = {
  steps: whole(1000, "Steps over which the learning rate falls.", { min: 1 }),
  // not 0: a phase may last longer than its schedule, and a rate of 0 would stop learning
  floor: number(0.01, "Final learning rate, as a share of the run's initial one.", { above: 0, max: 1 }),
}

export const cosine = {
  fields,
  begin: () => ({ from: null }),
  state: v.strictObject({ from: v.nullable(finite) }),
  next({ steps, floor }, state, { start, rate, steps: done }) {
    state.from ??= rate
    const end = start * floor
    return end + (state.from - end) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done / steps)))
  },
} as const satisfies Schedule<ValuesOf<typeof fields>, { from: number | null }>
