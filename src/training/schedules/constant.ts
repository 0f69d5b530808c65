// The learning rate stays constant.

import type { Schedule } from "../schedule.ts"

export const constant = {
  fields: {},
  begin: () => ({}),
  next: (_options, _state, { rate }) => rate,
} as const satisfies Schedule
