// The learning rate falls by the same factor at every step.

import { number, share, type ValuesOf } from "../../schema/index.ts"
import type { Schedule } from "../schedule.ts"

const fields = {
  decay: number(0.995, "Multiplies the learning rate at every step.", { above: 0, max: 1 }),
  floor: share(0.2, "The least that it becomes, as a share of the rate at the beginning of the run."),
}

export const exponential = {
  fields,
  begin: () => ({}),
  next: ({ decay, floor }, _state, { start, rate }) => Math.max(start * floor, rate * decay),
} as const satisfies Schedule<ValuesOf<typeof fields>>
