// What the tests of training share: a whole run with all that it says, and a run that counts as learnt at once.

import type { Backend } from "../../src/backends/backend.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, TrainEvent } from "../../src/training/events.ts"
import { train } from "../../src/training/trainer.ts"

/** Learnt at step 2, because its thresholds are 0: it settles from then on, and has most answers wrong. */
export const learntAt2 = {
  task: { name: "add" },
  model: { form: "original", maps: 6 },
  batch: { groups: [[3, 3]], examples: 16 },
  curriculum: { threshold: 0 },
  fit: { every: 2, samples: 1, times: 1, exact: 0 },
  goal: { size: 12, samples: 1, times: 9, every: 100 },
  steps: 6,
} as const satisfies PartialConfig

/** Trains to the end: all events, and the state after each step. */
export async function collect(given: PartialConfig, from?: Snapshot, backend: Backend = wasm(1)) {
  const events: TrainEvent[] = []
  const snapshots = new Map<number, Snapshot>()
  for await (const event of train(resolveConfig(given), backend, from)) {
    events.push(event)
    if (event.type === "step" || event.type === "done") snapshots.set(event.step, await event.snapshot())
  }
  return { events, snapshots }
}

export const of = <T extends TrainEvent["type"]>(events: readonly TrainEvent[], type: T) =>
  events.filter((e): e is Extract<TrainEvent, { type: T }> => e.type === type)

/** Names of the tensors that are trained. In a snapshot each stands under its own, and under others for its average and the optimiser's memory. */
export const trainedNames = ({ tensors }: Snapshot): string[] =>
  [...tensors.keys()].filter((name) => tensors.has(`average/${name}`))
