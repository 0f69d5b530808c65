// The learning rate stays constant.

import * as v from "valibot"
import type { Schedule } from "../schedule.ts"

export const constant = {
  fields: {},
  begin: () => ({}),
  state: v.strictObject({}),
  next: (_options, _state, { rate }) => rate,
} as const satisfies Schedule
