// One film: a question, its answer and frames from the worker, the position of the viewer, and any damage.
// Each film of a lesson has separate state.

import { batch, computed, effect, signal } from "@preact/signals"
import type { Role } from "../../src/core/role.ts"
import type { Frame, TracedTensor } from "../../src/inference/trace.ts"
import { trace } from "./engine/client.ts"
import type { LoadedModel } from "./engine/messages.ts"
import { ask, type Notation, questionOf, taskOf } from "./questions.ts"
import { createReel, listener, missing, type Reel, stripped } from "./reel.ts"

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
type Look = ReturnType<typeof createLook>
type ModelSignal = ReturnType<typeof signal<LoadedModel | undefined>>

/** Values derived from a film and the position in it. */
function createShown({ wanted, tensor }: Look, reel: Reel, model: ModelSignal) {
  const { steps, frames, tensors, input, answer, damagedAt, error } = reel
  const step = computed(() => Math.min(wanted.value ?? steps.value, steps.value))
  const looked = computed(() => tensors.value.find((t) => t.name === tensor.value))
  const complete = computed(() => frames.value.length > 0 && frames.value.length === steps.value + 1)
  /** The final answer: that of the last frame where there is one, because damage may have changed it. */
  const got = computed(() => {
    if (complete.value) return frames.value.at(-1)?.symbols
    return damagedAt.value === undefined ? answer.value : undefined
  })
  return {
    step,
    frame: computed<Frame | undefined>(() => frames.value[Math.min(step.value, frames.value.length - 1)]),
    complete,
    shape: computed(() => (looked.value ?? tensors.value[0])?.shape ?? [0, 1, 1]),
    role: computed<Role>(() => looked.value?.role ?? "memory"),
    /** What is right, if anybody knows. */
    truth: computed(() => (model.value && input.value ? taskOf(model.value).oracle(input.value) : undefined)),
    /** Compares the final answer with the oracle's. There is none under an error: it would be another question's. */
    verdict: computed(() => {
      const [m, x, symbols] = [model.value, input.value, got.value]
      if (!m || !x || !symbols || error.value !== undefined) return undefined
      const task = taskOf(m)
      const known = task.oracle(x)
      const right = known ?? symbols // nothing is marked where nobody knows what is right
      const wrong = right.map((symbol, i) => Number(symbol !== symbols[i]))
      return { task, right, got: symbols, wrong: wrong.reduce((a, b) => a + b, 0), known: known !== undefined }
    }),
  }
}
type Shown = ReturnType<typeof createShown>

/** Asks for what the shown steps computed on the way, as soon as the film is complete. */
function fetchDetails(number: number, model: ModelSignal, look: Look, reel: Reel, shown: Shown): void {
  effect(() => {
    const [m, x, tensors, step] = [model.value, reel.input.value, reel.tensors.value, shown.step.value]
    if (!m || !x || !shown.complete.value || reel.error.value !== undefined || reel.busy.value) return
    const frames = reel.frames.value
    const ofCell = look.cell.value ? tensors.flatMap((tensor) => missing(frames, tensor, step)).slice(0, 1) : []
    const looked = missing(
      frames,
      tensors.find(({ name }) => name === look.tensor.value),
      undefined,
    )
    if (ofCell.length + looked.length === 0) return
    const computed = tensors.filter(({ carried }) => !carried).map(({ name }) => name)
    const parts = [
      { after: ofCell, tensors: computed },
      { after: looked, tensors: [look.tensor.value] },
    ]
    batch(() => {
      reel.busy.value = true
      reel.frames.value = stripped(frames, tensors, look.tensor.value)
    })
    trace(
      { k: "details", film: number, model: m, input: x, parts },
      listener(reel, () => {}),
    )
  })
}

/** Brings the position of the viewer to what there is: a link may name a tensor or a cell of another film. */
function adjust({ channels, cell, tensor }: Look, tensors: readonly TracedTensor[]): void {
  if (!tensors.some((t) => t.name === tensor.value)) tensor.value = firstLook(tensors)
  const [L = 1, W = 1, M = 1] = tensors[0]?.shape ?? []
  const at = cell.value
  if (at && !(at.l < L && at.w < W && at.m < M)) cell.value = undefined
  if (channels.value.some((c) => c >= M)) channels.value = [0, Math.min(1, M - 1), Math.min(2, M - 1)]
}

export function createFilm(start: FilmStart) {
  const number = ++films
  const model = signal<LoadedModel | undefined>(undefined)
  const typed = signal(start.question)
  const notation = signal<Notation>(start.notation ?? "binary")
  const question = computed(() => typed.value ?? (model.value ? questionOf(taskOf(model.value), notation.value) : ""))
  const look = createLook(start)
  const reel = createReel()
  const shown = createShown(look, reel, model)
  let picked = start.cell

  const about = () => adjust(look, reel.tensors.peek())

  /** The question or the model has changed. */
  effect(() => {
    const m = model.value
    if (!m) return
    try {
      const asked = ask(taskOf(m), question.value, notation.value)
      batch(() => {
        // Nothing of the previous question may be judged as an answer to this one.
        reel.input.value = asked.input
        for (const old of [reel.answer, reel.original, reel.damagedAt, reel.error]) old.value = undefined
        reel.frames.value = []
        reel.busy.value = true
        look.cell.value = picked && { l: picked[0], w: picked[1], m: picked[2] }
      })
      picked = undefined // the initial cell of a link or lesson
      trace({ k: "film", film: number, model: m, input: asked.input }, listener(reel, about))
    } catch (e) {
      reel.error.value = messageOf(e)
    }
  })
  fetchDetails(number, model, look, reel, shown)

  /** Shows another model, at its last step. If its task differs, the question becomes that task's default. */
  const show = (next: LoadedModel, question?: string) => {
    const [task, before] = [next.config.task, model.peek()?.config.task]
    batch(() => {
      if (question !== undefined) typed.value = question
      else if (before?.name !== task.name || before.base !== task.base) typed.value = undefined
      look.wanted.value = undefined
      model.value = next
    })
  }
  /** Shows the first model, with the film's initial state. */
  const begin = (first: LoadedModel, question?: string) => {
    if (model.peek()) show(first, question)
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
    /** Loads a model, then shows it, with a question or that of its task. */
    load: (loading: Promise<LoadedModel>, question?: string) =>
      loading.then(
        (loaded) => begin(loaded, question),
        (e) => void (reel.error.value = messageOf(e)),
      ),
    go(to: number) {
      look.wanted.value = Math.max(0, Math.min(reel.steps.value, to))
    },
    /** Changes the memory at the shown step and continues the computation from there. */
    damage(changes: Readonly<Record<string, Float32Array>>) {
      const [m, x, frame] = [model.value, reel.input.value, shown.frame.value]
      if (!m || !x || !frame || !shown.complete.value) return
      reel.original.value ??= reel.frames.value
      reel.damagedAt.value = Math.min(reel.damagedAt.value ?? frame.step, frame.step)
      reel.busy.value = true
      reel.error.value = undefined
      trace({ k: "film", film: number, model: m, input: x, from: { frame, changes } }, listener(reel, about, frame))
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
