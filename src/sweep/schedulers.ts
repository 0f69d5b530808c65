// All schedulers, one per line.

import { asha } from "./asha.ts"
import type { Scheduler } from "./scheduler.ts"

/** Trains every trial to its end, in order. */
export const all: Scheduler = (trials, running) => {
  const next = trials.find(({ id, finished }) => !finished && !running.has(id))
  return next && { id: next.id, steps: next.budget }
}

export const schedulers: Readonly<Record<string, Scheduler>> = { all, asha: asha() }
