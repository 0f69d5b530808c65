// The schedulers there are: one line each.

import { asha } from "./asha.ts"
import type { Scheduler } from "./scheduler.ts"

/** Every trial to its end, in order. */
export const all: Scheduler = (trials, running) => {
  const next = trials.find(({ id, finished }) => !finished && !running.has(id))
  return next && { id: next.id, steps: next.budget }
}

export const schedulers: Readonly<Record<string, Scheduler>> = { all, asha: asha() }
