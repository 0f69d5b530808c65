// Training as a library offers it: config and task from what the caller gives, events one by one or the
// trained model at the end.

import type { Backend } from "../backends/backend.ts"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import type { Trained } from "../inference/member.ts"
import { refused, requireKnown } from "../schema/index.ts"
import { type FoundTask, isOwnTask, type OwnTask } from "../tasks/index.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "./config.ts"
import type { Snapshot, TrainEvent } from "./events.ts"
import { EMA } from "./techniques/ema.ts"
import { tensorsOf } from "./tensor-names.ts"
import { train } from "./trainer.ts"

/** A config, or one with a task of your own from `fromPairs` or `defineTask`. */
export type GivenConfig = Omit<PartialConfig, "task"> & { readonly task?: PartialConfig["task"] | OwnTask }

export interface TrainOptions {
  /** The device; the fastest one by default. */
  readonly backend?: Backend | undefined
  /** A snapshot of a step event: training resumes from it, bit for bit. */
  readonly from?: Snapshot | undefined
  /** Ends training after the present step; then the loop or the promise throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined
}

export interface FitOptions extends TrainOptions {
  /** Called and awaited for every event. */
  readonly onEvent?: ((event: TrainEvent) => void | Promise<void>) | undefined
}

/** A model that `fit` has trained. `createPredictor` and `saveModel` take it. */
export interface Fitted extends Trained {
  readonly config: TrainConfig
  /** The user's own task with its examples; undefined for a named one. */
  readonly own: OwnTask | undefined
  readonly step: number
  readonly seed: number
  /** Whether the goal was met, or the number of steps was used up. */
  readonly reason: "generalizes" | "steps"
}

export interface Prepared {
  readonly config: TrainConfig
  readonly own: OwnTask | undefined
  readonly task: FoundTask | undefined
}

/**
 * Completes a config.
 * @param over puts a config over the one with which its task usually begins
 * @throws UserError that names the invalid field
 */
export function prepare(given: GivenConfig, over: (given: PartialConfig, own?: OwnTask) => PartialConfig): Prepared {
  if (!isObject(given)) throw refused("config", given, "an object")
  const { task } = given
  if (!isOwnTask(task)) return { config: resolveConfig(over(given as PartialConfig)), own: undefined, task: undefined }
  const config = resolveConfig(over({ ...given, task: task.spec }, task), task.found)
  return { config, own: task, task: task.found }
}

/** Refuses options that there are not, such as a backend in their place. */
export function requireOptions(options: object, known: readonly string[]): void {
  if ("compile" in options) throw new UserError("options: got a backend, expected { backend }")
  requireKnown(known, options, "options")
}

/** Trains, and ends with `signal.reason` once the signal is aborted. */
export async function* trainUntilAborted(
  { config, task }: Prepared,
  backend: Backend,
  { from, signal }: TrainOptions,
): AsyncGenerator<TrainEvent> {
  signal?.throwIfAborted()
  for await (const event of train(config, backend, from, task)) {
    yield event
    signal?.throwIfAborted()
  }
}

/** Trains to the end. */
export async function fitPrepared(prepared: Prepared, backend: Backend, options: FitOptions): Promise<Fitted> {
  const { onEvent = () => {} } = options
  for await (const event of trainUntilAborted(prepared, backend, options)) {
    await onEvent(event)
    if (event.type !== "done") continue
    const { tensors, step, state } = await event.snapshot()
    const { config, own, task } = prepared
    const weights = tensorsOf(EMA, tensors)
    return { path: config.task.name, config, own, task, weights, step, seed: state.seed, reason: event.reason }
  }
  throw new Error("training ended without an event that tells why")
}
