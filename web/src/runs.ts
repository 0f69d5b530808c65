// The runs of the page; each trains in a separate worker. Changing a hyperparameter, going back to a saved
// step and branching are the same operation. A worker continues from a saved step, with or without changes,
// bit for bit.

import { signal } from "@preact/signals"
import { UserError } from "../../src/core/errors.ts"
import type { Tensor } from "../../src/formats/safetensors.ts"
import { weightsOf } from "../../src/runs/file-formats.ts"
import type { TrainConfig } from "../../src/training/config.ts"
import type { LearningFilm, LoadedModel, SavedStep, TrainReply } from "./engine/messages.ts"
import { createTrainer } from "./engine/train-client.ts"
import { createHistory, type History } from "./history.ts"
import { type Changes, changed } from "./live.ts"

let numbers = 0
/** All runs of this visit that were not removed, those of lessons too. */
const living = new Set<Run>()

/** The displayed state of a run. */
const createState = (config: TrainConfig) => ({
  config: signal(config),
  status: signal<"new" | "starting" | "training" | "stopping" | "stopped" | "done" | "failed">("new"),
  about: signal(""),
  /** The evaluation in progress, if any. */
  checking: signal<string | undefined>(undefined),
  /** The newest film of the answer to one question. */
  learning: signal<LearningFilm | undefined>(undefined),
})
type State = ReturnType<typeof createState>

/** Applies the worker's messages to state and history. */
function hearing(state: State, history: History): (reply: TrainReply) => void {
  const { config, status, about, checking, learning } = state
  /** Training time in seconds before the current worker started. */
  let before = 0
  const end = (how: "stopped" | "done" | "failed") => {
    checking.value = undefined
    status.value = how
  }
  const hear: { readonly [K in TrainReply["k"]]: (reply: Extract<TrainReply, { k: K }>) => void } = {
    started({ parameters, device }) {
      before = history.seconds.peek()
      status.value = "training"
      about.value = `${parameters.toLocaleString("en-US")} parameters · ${device}`
    },
    steps: ({ rows, seconds }) => history.add(rows, before + seconds),
    told: ({ step, text }) => history.note(step, text),
    checking: ({ text }) => (checking.value = text),
    sizes: ({ step, rows }) => history.measure(step, rows),
    saved: ({ saved }) => history.save(saved),
    copies: ({ copies }) => history.showCopies(copies, copies.pull ?? config.value.phases[0].relaxation.pull),
    film: ({ film }) => (learning.value = film),
    ended({ reason, seconds }) {
      history.seconds.value = before + seconds
      end(reason === "stopped" ? "stopped" : "done")
      const { size, times } = config.value.goal
      if (reason === "generalizes")
        history.note(history.step(), `it generalizes: exact at ${size}, ${times} times in a row`)
    },
    failed({ message }) {
      history.note(history.step(), message)
      end("failed")
    },
  }
  return (reply) => (hear[reply.k] as (reply: TrainReply) => void)(reply)
}

/** Creates a run; `from` is the saved step from which it continues. */
export function createRun(name: string, config: TrainConfig, deviceName: string, from?: SavedStep): Run {
  const state = createState(config)
  const history = createHistory(config.model, from)
  const trainer = createTrainer(hearing(state, history))
  const start = () => {
    if (trainer.isBusy()) return
    state.status.value = "starting"
    trainer.start({ config: state.config.value, deviceName, from: history.saved.value.at(-1) })
  }
  const whenStopped = (action: () => void) => {
    if (trainer.isBusy()) state.status.value = "stopping"
    trainer.whenStopped(action)
  }
  /** The newest step whose file was saved. */
  let kept = from?.step ?? 0
  const run: Run = {
    number: ++numbers,
    name,
    deviceName,
    ...state,
    ...history,
    start,
    stop() {
      if (!trainer.isBusy()) return
      state.status.value = "stopping"
      trainer.stop()
    },
    change(changes: Changes) {
      const wasTraining = trainer.isBusy()
      whenStopped(() => {
        const next = changed(state.config.value, history.saved.value.at(-1), changes)
        state.config.value = next.config
        if (next.saved) history.save(next.saved)
        history.note(history.step(), next.told)
        if (wasTraining) start()
      })
    },
    goBack(step: number) {
      whenStopped(() => {
        history.forget(step)
        state.learning.value = undefined
        history.note(step, "back here, exactly as it was")
      })
    },
    isUnsaved: () => history.step() > kept,
    keep(step: number) {
      kept = Math.max(kept, step)
    },
    dispose() {
      living.delete(run)
      trainer.dispose()
    },
  }
  living.add(run)
  return run
}
type Created = ReturnType<typeof createHistory> & State
export interface Run extends Created {
  readonly number: number
  readonly name: string
  readonly deviceName: string
  start(): void
  stop(): void
  /** Continues from the newest step with other hyperparameters. */
  change(changes: Changes): void
  goBack(step: number): void
  /** Whether it has learned what no file holds. */
  isUnsaved(): boolean
  /** A file now holds this step. */
  keep(step: number): void
  dispose(): void
}

/** The runs of the page, side by side. */
export const runs = signal<readonly Run[]>([])
/** As many as charts can tell apart. */
export const MOST_RUNS = 4

/** Throws a UserError if there are too many: nothing makes room by removing what was trained. */
export function addRun(run: Run): void {
  if (runs.value.length >= MOST_RUNS)
    throw new UserError(`there are ${MOST_RUNS} runs already; save what you need of one, and remove it`)
  runs.value = [...runs.value, run]
}

export function removeRun(run: Run): void {
  run.dispose()
  runs.value = runs.value.filter((r) => r !== run)
}

/** The browser asks before it leaves a page whose runs would be lost. */
globalThis.addEventListener?.("beforeunload", (event) => {
  if ([...living].some((run) => run.isUnsaved())) event.preventDefault()
})

/** Starts a copy of a run from one of its saved steps. */
export function branch(run: Run, step: number): void {
  const at = run.saved.value.find((s) => s.step === step)
  if (!at) return
  const copy = createRun(`${run.name}, from step ${step}`, run.config.value, run.deviceName, at)
  copy.take(run, step)
  addRun(copy)
}

/** The model of a run at a saved step. */
export function modelOf(run: Run, at: SavedStep): LoadedModel {
  const { task, model, sizes } = run.config.value
  return {
    key: `${run.name} at step ${at.step} (${run.number})`,
    config: { task, model, sizes },
    weights: weightsOf(at.tensors as ReadonlyMap<string, Tensor>),
  }
}
