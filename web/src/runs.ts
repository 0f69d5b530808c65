// Runs in this page: each trains in a worker of its own. A change of the learning rate or of dropout, going back to a saved step and
// branching are all the same thing: a saved step, with or without changes, from which a worker goes on bit for bit.

import { computed, signal } from "@preact/signals"
import type { Tensor } from "../../src/formats/safetensors.ts"
import { weightsOf } from "../../src/runs/content.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "../../src/training/config.ts"
import { type Copies, copiesAt } from "./copies.ts"
import type { LoadedModel, SavedStep, TrainReply, TrainRequest } from "./engine/messages.ts"
import { startWorker } from "./engine/start-worker.ts"

export type SizeRow = { readonly size: number; readonly exact: number; readonly symbol: number }

/** Saved steps kept of a run: when there are more, every second one goes. */
const MOST_SAVED = 64
let numbers = 0

export interface Changes {
  readonly rate?: number
  readonly keep?: number
}

export function createRun(name: string, config: TrainConfig, deviceName: string, from?: SavedStep) {
  const number = ++numbers
  const current = signal(config)
  const status = signal<"new" | "starting" | "training" | "stopping" | "stopped" | "done" | "failed">("new")
  const about = signal("")
  /** What is being checked in this moment, instead of training. */
  const checking = signal<string | undefined>(undefined)
  const notes = signal<readonly string[]>([])
  const sizes = signal<readonly SizeRow[]>([])
  const sizesAt = signal(0)
  const saved = signal<readonly SavedStep[]>(from ? [from] : [])
  const seconds = signal(0)
  /** Grows when the curves have more points. */
  const version = signal(0)
  const curves = {
    step: [] as number[],
    error: [] as number[],
    symbol: [] as number[],
    exact: [] as number[],
    size: [] as number[],
    rate: [] as number[],
    keep: [] as number[],
    distance: [] as number[],
  }
  /** Copies of the parameters, where there are some, and how strongly they have been pulled together. */
  const copies = signal<Copies | undefined>(from && copiesAt(from, config.model))
  const pulls: { step: number; pull: number }[] = []
  let worker: Worker | undefined
  let pending: (() => void) | undefined
  let before = 0

  const note = (text: string) => (notes.value = [...notes.value, text].slice(-6))
  const last = computed(() => {
    void version.value
    const i = curves.step.length - 1
    return i < 0
      ? undefined
      : {
          step: curves.step[i],
          error: curves.error[i],
          symbol: curves.symbol[i],
          exact: curves.exact[i],
          size: curves.size[i],
          rate: curves.rate[i],
          keep: curves.keep[i],
          distance: curves.distance[i],
        }
  })

  const post = (request: TrainRequest) => worker?.postMessage(request)
  const hear = (reply: TrainReply) => {
    if (reply.k === "started") {
      status.value = "training"
      about.value = `${reply.parameters.toLocaleString("en-US")} parameters · ${reply.device}`
    } else if (reply.k === "steps") {
      for (const row of reply.rows)
        for (const key of Object.keys(curves) as (keyof typeof curves)[]) curves[key].push(row[key])
      seconds.value = before + reply.seconds
      version.value++
    } else if (reply.k === "told") note(reply.text)
    else if (reply.k === "checking") checking.value = reply.text
    else if (reply.k === "sizes") {
      sizes.value = reply.rows
      sizesAt.value = reply.step
    } else if (reply.k === "saved") {
      const list = [...saved.value.filter((s) => s.step < reply.saved.step), reply.saved]
      saved.value = list.length > MOST_SAVED ? list.filter((_, i) => i % 2 === 0 || i === list.length - 1) : list
    } else if (reply.k === "copies") {
      copies.value = reply.copies
      pulls.push({ step: reply.copies.step, pull: reply.copies.pull })
    } else if (reply.k === "ended") {
      before += reply.seconds
      seconds.value = before
      end(reply.reason === "stopped" ? "stopped" : "done")
      if (reply.reason === "generalizes")
        note(`it generalizes: exact at ${current.value.goal.size}, ${current.value.goal.times} times in a row`)
    } else {
      note(reply.message)
      end("failed")
    }
  }
  const end = (how: "stopped" | "done" | "failed") => {
    worker?.terminate()
    worker = undefined
    checking.value = undefined
    status.value = how
    const next = pending
    pending = undefined
    next?.()
  }
  const start = (at = saved.value.at(-1)) => {
    if (worker) return
    status.value = "starting"
    worker = startWorker("train")
    worker.addEventListener("message", ({ data }: MessageEvent<TrainReply>) => hear(data))
    worker.addEventListener("error", ({ message }) =>
      hear({ k: "failed", message: message || "the worker could not start" }),
    )
    post({ k: "start", config: current.value, deviceName, ...(at ? { from: at } : {}) })
  }
  /** Does something when no worker computes. */
  const whenStopped = (action: () => void) => {
    if (!worker) return action()
    pending = action
    status.value = "stopping"
    post({ k: "stop", quick: true })
  }
  /** Curves and saved steps after this one belong to a future that the run has left. */
  const forget = (step: number) => {
    let keep = curves.step.length
    while (keep > 0 && curves.step[keep - 1] > step) keep--
    for (const list of Object.values(curves)) list.length = keep
    pulls.splice(0, pulls.length, ...pulls.filter((p) => p.step <= step))
    saved.value = saved.value.filter((s) => s.step <= step)
    const at = saved.value.at(-1)
    copies.value = at && copiesAt(at, config.model)
    version.value++
  }
  return {
    number,
    name,
    config: current,
    deviceName,
    status,
    about,
    checking,
    notes,
    sizes,
    sizesAt,
    saved,
    seconds,
    version,
    curves,
    copies,
    pulls,
    last,
    start: () => start(),
    stop() {
      if (!worker) return
      status.value = "stopping"
      post({ k: "stop", quick: false })
    },
    /** Goes on from where it is, with other numbers. */
    change(changes: Changes) {
      const wasTraining = worker !== undefined
      whenStopped(() => {
        const at = saved.value.at(-1)
        current.value = withKeep(current.value, changes.keep)
        if (at && changes.rate !== undefined)
          saved.value = [...saved.value.slice(0, -1), { ...at, state: { ...at.state, rate: changes.rate } }]
        note(
          `step ${at?.step ?? 0}: ${[changes.rate === undefined ? "" : `learning rate ${changes.rate}`, changes.keep === undefined ? "" : `dropout lets ${changes.keep} through`].filter(Boolean).join(", ")}`,
        )
        if (wasTraining) start()
      })
    },
    goBack(step: number) {
      whenStopped(() => {
        forget(step)
        note(`back at step ${step}, exactly as it was`)
      })
    },
    dispose() {
      worker?.terminate()
      worker = undefined
    },
  }
}
export type Run = ReturnType<typeof createRun>

const withKeep = (config: TrainConfig, keep: number | undefined): TrainConfig =>
  keep === undefined
    ? config
    : resolveConfig({ ...config, keep, settle: config.settle && { ...config.settle, keep } } as PartialConfig)

/** The runs of the page, at most two side by side. */
export const runs = signal<readonly Run[]>([])

export function addRun(run: Run): void {
  for (const old of runs.value.slice(0, -1)) old.dispose()
  runs.value = [...runs.value.slice(-1), run]
}

export function removeRun(run: Run): void {
  run.dispose()
  runs.value = runs.value.filter((r) => r !== run)
}

/** A run that was opened from a file; it goes on where it stopped. */
export function continueRun(name: string, config: TrainConfig, deviceName: string, saved: SavedStep): void {
  try {
    addRun(createRun(name, resolveConfig(config as PartialConfig), deviceName, saved))
  } catch {
    // its config is of another version: it can be asked, but not trained on
  }
}

/** A copy that goes on from a saved step of another run. */
export function branch(run: Run, step: number): void {
  const at = run.saved.value.find((s) => s.step === step)
  if (!at) return
  const copy = createRun(`${run.name}, from step ${step}`, run.config.value, run.deviceName, at)
  for (const key of Object.keys(copy.curves) as (keyof Run["curves"])[])
    copy.curves[key].push(...run.curves[key].filter((_, i) => run.curves.step[i] <= step))
  copy.pulls.push(...run.pulls.filter((p) => p.step <= step))
  copy.version.value++
  addRun(copy)
}

/** What a run has learnt at a saved step, as a model that can be asked. */
export function modelOf(run: Run, at: SavedStep): LoadedModel {
  const { task, model } = run.config.value
  return {
    key: `${run.name} at step ${at.step} (${run.number})`,
    config: { task, model },
    weights: weightsOf(at.tensors as ReadonlyMap<string, Tensor>),
  }
}
