// Cosine annealing [Loshchilov & Hutter 2017, eq. 5, without restarts]: over so many steps of the phase the
// learning rate falls from where it is, along half a cosine, and stays where that ends.

import { number, type ValuesOf, whole } from "../../schema/index.ts"
import type { Schedule } from "../schedule.ts"

const fields = {
  steps: whole(1000, "Steps over which the learning rate falls.", { min: 1 }),
  // a rate of 0 would end the learning, and a phase may last longer than the schedule
  floor: number(0.01, "Where it ends, as a share of the rate at the beginning of the run.", { above: 0, max: 1 }),
}

export const cosine = {
  fields,
  begin: () => ({ from: null }),
  next({ steps, floor }, state, { start, rate, steps: done }) {
    state.from ??= rate
    const end = start * floor
    return end + (state.from - end) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done / steps)))
  },
} as const satisfies Schedule<ValuesOf<typeof fields>, { from: number | null }>
