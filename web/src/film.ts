// One film: a question, its frames from the worker, the position of the viewer, and any damage. Each film of
// a lesson has separate state.

import { batch, computed, effect, signal } from "@preact/signals"
import type { Role } from "../../src/core/role.ts"
import type { Frame, TracedTensor } from "../../src/inference/trace.ts"
import { type TraceListener, trace } from "./engine/client.ts"
import type { LoadedModel } from "./engine/messages.ts"
import { ask, type Notation, taskOf } from "./questions.ts"

export type View = "grid" | "one" | "three"

/**
 * The initial state of a film. Absent fields take defaults; the default question is that of the model's task.
 */
export interface FilmStart {
  readonly question?: string
  readonly notation?: Notation
  readonly step?: number
  readonly tensor?: string
  readonly view?: View
  readonly channels?: readonly number[]
  readonly difference?: boolean
  /** The cell to explain: place, column, channel. */
  readonly cell?: readonly [number, number, number]
}

export interface CellAt {
  readonly l: number
  readonly w: number
  readonly m: number
}

/**
 * The tensor shown first: a weighting (where a head reads, or where attention looks) if there is one, else
 * the memory.
 */
const firstLook = (tensors: readonly TracedTensor[]) =>
  (tensors.find((t) => t.role === "weighting") ?? tensors.find((t) => t.role === "memory") ?? tensors[0])?.name ??
  "state"
/** The tensor that can be painted over: a memory with places. */
export const memoryOf = (tensors: readonly TracedTensor[]): TracedTensor | undefined =>
  tensors.find((t) => t.carried && t.role === "memory" && t.shape[0] > 1)

let films = 0
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** The position of the viewer, and what the film displays. */
const createLook = (start: FilmStart) => ({
  /** undefined: the last step. */
  wanted: signal<number | undefined>(start.step),
  playing: signal(false),
  /** Steps per second. */
  speed: signal(8),
  tensor: signal(start.tensor ?? "state"),
  view: signal<View>(start.view ?? "grid"),
  channels: signal<readonly number[]>(start.channels ?? [0, 1, 2]),
  difference: signal(start.difference ?? false),
  cell: signal<CellAt | undefined>(undefined),
})

/** What the worker has computed for a question. */
const createReel = () => ({
  input: signal<Uint8Array | undefined>(undefined),
  steps: signal(0),
  tensors: signal<readonly TracedTensor[]>([]),
  frames: signal<readonly Frame[]>([]),
  /** The undamaged run, if the shown one is damaged. */
  original: signal<readonly Frame[] | undefined>(undefined),
  damagedAt: signal<number | undefined>(undefined),
  error: signal<string | undefined>(undefined),
  busy: signal(false),
  milliseconds: signal<number | undefined>(undefined),
})
type Look = ReturnType<typeof createLook>
type Reel = ReturnType<typeof createReel>
type ModelSignal = ReturnType<typeof signal<LoadedModel | undefined>>

/** Values derived from a film and the position in it. */
function createShown({ wanted, tensor }: Look, { steps, frames, tensors, input }: Reel, model: ModelSignal) {
  const step = computed(() => Math.min(wanted.value ?? steps.value, steps.value))
  const looked = computed(() => tensors.value.find((t) => t.name === tensor.value))
  const complete = computed(() => frames.value.length > 0 && frames.value.length === steps.value + 1)
  return {
    step,
    frame: computed<Frame | undefined>(() => frames.value[Math.min(step.value, frames.value.length - 1)]),
    complete,
    shape: computed(() => (looked.value ?? tensors.value[0])?.shape ?? [0, 1, 1]),
    role: computed<Role>(() => looked.value?.role ?? "memory"),
    /** Compares the final answer with the oracle's. */
    verdict: computed(() => {
      const [m, x, last] = [model.value, input.value, frames.value.at(-1)]
      if (!m || !x || !last || !complete.value) return undefined
      const task = taskOf(m)
      const known = task.oracle(x)
      const right = known ?? last.symbols // nothing is marked where nobody knows what is right
      const wrong = right.map((symbol, i) => Number(symbol !== last.symbols[i]))
      return { task, right, got: last.symbols, wrong: wrong.reduce((a, b) => a + b, 0), known: known !== undefined }
    }),
  }
}

interface Damage {
  readonly frame: Frame
  readonly changes: Readonly<Record<string, Float32Array>>
}

/** Receives the messages for one request. Frames of a damaged run are appended to those before the damage. */
function listener(reel: Reel, { tensor, channels, cell }: Look, from: Damage | undefined): TraceListener {
  let before: readonly Frame[] | undefined = from ? reel.frames.peek().slice(0, from.frame.step) : []
  const end = () => (reel.busy.value = false)
  return {
    about({ steps, tensors }) {
      reel.steps.value = steps
      reel.tensors.value = tensors
      if (!tensors.some((t) => t.name === tensor.value)) tensor.value = firstLook(tensors)
      const [L = 1, W = 1, M = 1] = tensors[0]?.shape ?? []
      const at = cell.value // a link may name one that this question does not have
      if (at && !(at.l < L && at.w < W && at.m < M)) cell.value = undefined
      if (channels.value.some((c) => c >= M)) channels.value = [0, Math.min(1, M - 1), Math.min(2, M - 1)]
    },
    frames(more) {
      reel.frames.value = [...(before ?? reel.frames.value), ...more]
      before = undefined
    },
    done(milliseconds) {
      end()
      reel.milliseconds.value = milliseconds
    },
    failed(message) {
      end()
      reel.error.value = message
    },
  }
}

export function createFilm(start: FilmStart) {
  const number = ++films
  const model = signal<LoadedModel | undefined>(undefined)
  const typed = signal(start.question)
  const question = computed(() => typed.value ?? (model.value ? taskOf(model.value).typed.question : ""))
  const notation = signal<Notation>(start.notation ?? "binary")
  const look = createLook(start)
  const reel = createReel()
  const shown = createShown(look, reel, model)
  let picked = start.cell

  const run = (m: LoadedModel, x: Uint8Array, from?: Damage) => {
    reel.busy.value = true
    reel.error.value = undefined
    trace({ film: number, model: m, input: x, ...(from ? { from } : {}) }, listener(reel, look, from))
  }

  /** The question or the model has changed. */
  effect(() => {
    const m = model.value
    if (!m) return
    try {
      const asked = ask(taskOf(m), question.value, notation.value)
      reel.error.value = undefined
      reel.input.value = asked.input
      reel.original.value = undefined
      reel.damagedAt.value = undefined
      look.cell.value = picked && { l: picked[0], w: picked[1], m: picked[2] }
      picked = undefined // the initial cell of a link or lesson
      run(m, asked.input)
    } catch (e) {
      reel.error.value = messageOf(e)
    }
  })

  /** Shows another model, at its last step. If its task differs, the question becomes that task's default. */
  const show = (next: LoadedModel) => {
    const [task, before] = [next.config.task, model.peek()?.config.task]
    batch(() => {
      if (before?.name !== task.name || before.base !== task.base) typed.value = undefined
      look.wanted.value = undefined
      model.value = next
    })
  }
  /** Shows the first model, with the film's initial state. */
  const begin = (first: LoadedModel) => {
    if (model.peek()) show(first)
    else model.value = first
  }

  return {
    number,
    model,
    /** The typed question; undefined if none was typed. */
    typed,
    /** The question: the typed one, or the default of the model's task. */
    question,
    notation,
    ...look,
    ...reel,
    ...shown,
    show,
    /** Loads a model, then shows it. */
    load: (loading: Promise<LoadedModel>) => loading.then(begin, (e) => void (reel.error.value = messageOf(e))),
    go(to: number) {
      look.wanted.value = Math.max(0, Math.min(reel.steps.value, to))
    },
    /** Changes the memory at the shown step and continues the computation from there. */
    damage(changes: Readonly<Record<string, Float32Array>>) {
      const [m, x, now] = [model.value, reel.input.value, shown.frame.value]
      if (!m || !x || !now || !shown.complete.value) return
      reel.original.value ??= reel.frames.value
      reel.damagedAt.value = Math.min(reel.damagedAt.value ?? now.step, now.step)
      run(m, x, { frame: now, changes })
    },
    heal() {
      if (!reel.original.value) return
      reel.frames.value = reel.original.value
      reel.original.value = undefined
      reel.damagedAt.value = undefined
    },
  }
}

export type Film = ReturnType<typeof createFilm>
