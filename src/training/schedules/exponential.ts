// The learning rate is multiplied by the same factor at every step.

import * as v from "valibot"
import { number, share, type ValuesOf } from "../../schema/index.ts"
import type { Schedule } from "../schedule.ts"

const fields = {
  decay: number(0.995, "Factor of the learning rate per step.", { above: 0, max: 1 }),
  floor: share(0.2, "Lower limit of the learning rate, as a share of the run's initial one."),
}

export const exponential = {
  fields,
  begin: () => ({}),
  state: v.strictObject({}),
  next: ({ decay, floor }, _state, { start, rate }) => Math.max(start * floor, rate * decay),
} as const satisfies Schedule<ValuesOf<typeof fields>>
