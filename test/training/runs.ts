// Shared by the training tests: a whole run with all its events, and a run that counts as learned at once.

import type { Backend } from "../../src/backends/backend.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { defaultConfig, type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot, TrainEvent } from "../../src/training/events.ts"
import type { PartialPhase } from "../../src/training/phases.ts"
import { train } from "../../src/training/trainer.ts"

/** A Neural GPU's phase after its trained sizes are learned. */
export const [, settled] = defaultConfig.phases
/** The same for the original form, which has no saturation cost. */
export const [, originalSettled] = resolveConfig({ model: { form: "original" } }).phases

/** Counts as learned after step 2: it checks every step and accepts any accuracy. `phases` follow. */
export const learnedAt2 = (...phases: readonly PartialPhase[]) =>
  ({
    task: { name: "add" },
    model: { name: "neural-gpu", form: "original", maps: 6 },
    learningRate: 0.02,
    sizes: [[3, 3]],
    curriculum: { threshold: 0 },
    learned: { every: 1, exact: 0 },
    goal: { size: 12, samples: 1, times: 9, every: 100 },
    phases: [{ until: "learned" }, ...phases],
    steps: 6,
  }) as const satisfies PartialConfig

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

export const errorsOf = (events: readonly TrainEvent[]) => of(events, "step").map(({ error }) => error)

/** Names of the parameters, without the EMA and the optimizer's arrays of a snapshot. */
export const parametersOf = ({ tensors }: Snapshot): string[] =>
  [...tensors.keys()].filter((name) => tensors.has(`ema/${name}`))

/** The state of a technique in a snapshot. */
export const stateOf = <T>(snapshot: Snapshot | undefined, technique: string): T =>
  snapshot?.state.techniques[technique] as T
