// One film: a question, its frames as they come from the worker, where the viewer stands, and what was damaged. Lessons have their own.

import { computed, effect, signal } from "@preact/signals"
import type { Role } from "../../src/core/role.ts"
import type { Frame, TracedTensor } from "../../src/inference/trace.ts"
import { trace } from "./engine/client.ts"
import type { LoadedModel } from "./engine/messages.ts"
import { ask, type Notation, taskOf } from "./questions.ts"

export type View = "grid" | "one" | "three"

export interface FilmStart {
  readonly question: string
  readonly notation?: Notation
  readonly step?: number
  readonly tensor?: string
  readonly view?: View
  readonly channels?: readonly number[]
  readonly difference?: boolean
}

export interface CellAt {
  readonly l: number
  readonly w: number
  readonly m: number
}

/** What is looked at first: where a Turing machine's head reads or an answer looks back, else the memory. */
const firstLook = (tensors: readonly TracedTensor[]) =>
  (tensors.find((t) => t.role === "weighting") ?? tensors.find((t) => t.role === "memory") ?? tensors[0])?.name ??
  "state"
/** What can be painted over: a memory with places. */
export const memoryOf = (tensors: readonly TracedTensor[]): TracedTensor | undefined =>
  tensors.find((t) => t.carried && t.role === "memory" && t.shape[0] > 1)

let films = 0
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

export function createFilm(start: FilmStart) {
  const number = ++films
  const model = signal<LoadedModel | undefined>(undefined)
  const typed = signal(start.question)
  const notation = signal<Notation>(start.notation ?? "binary")
  const input = signal<Uint8Array | undefined>(undefined)
  const steps = signal(0)
  const tensors = signal<readonly TracedTensor[]>([])
  const frames = signal<readonly Frame[]>([])
  /** The undamaged run, where there is a damaged one. */
  const original = signal<readonly Frame[] | undefined>(undefined)
  const damagedAt = signal<number | undefined>(undefined)
  const error = signal<string | undefined>(undefined)
  const busy = signal(false)
  const milliseconds = signal<number | undefined>(undefined)

  /** undefined: the end, wherever that is. */
  const wanted = signal<number | undefined>(start.step)
  const playing = signal(false)
  /** Steps a second. */
  const speed = signal(8)
  const tensor = signal(start.tensor ?? "state")
  const view = signal<View>(start.view ?? "grid")
  const channels = signal<readonly number[]>(start.channels ?? [0, 1, 2])
  const difference = signal(start.difference ?? false)
  const cell = signal<CellAt | undefined>(undefined)

  const step = computed(() => Math.min(wanted.value ?? steps.value, steps.value))
  const frame = computed<Frame | undefined>(() => frames.value[Math.min(step.value, frames.value.length - 1)])
  const complete = computed(() => frames.value.length > 0 && frames.value.length === steps.value + 1)
  const shape = computed(
    () => tensors.value.find((t) => t.name === tensor.value)?.shape ?? tensors.value[0]?.shape ?? [0, 1, 1],
  )
  const role = computed<Role>(() => tensors.value.find((t) => t.name === tensor.value)?.role ?? "memory")
  /** The answer at the end against the oracle's. */
  const verdict = computed(() => {
    const [m, x, last] = [model.value, input.value, frames.value.at(-1)]
    if (!m || !x || !last || !complete.value) return undefined
    const task = taskOf(m)
    const right = task.oracle(x)
    const wrong = right.map((symbol, i) => Number(symbol !== last.symbols[i]))
    return { task, right, got: last.symbols, wrong: wrong.reduce((a, b) => a + b, 0) }
  })

  const run = (m: LoadedModel, x: Uint8Array, from?: { frame: Frame; changes: Record<string, Float32Array> }) => {
    busy.value = true
    error.value = undefined
    let first = true
    trace(
      { film: number, model: m, input: x, ...(from ? { from } : {}) },
      {
        about(about) {
          steps.value = about.steps
          tensors.value = about.tensors
          if (!about.tensors.some((t) => t.name === tensor.value)) tensor.value = firstLook(about.tensors)
          const M = about.tensors[0]?.shape[2] ?? 1
          if (channels.value.some((c) => c >= M)) channels.value = [0, Math.min(1, M - 1), Math.min(2, M - 1)]
        },
        frames(more) {
          const before = first ? (from ? frames.value.slice(0, from.frame.step) : []) : frames.value
          first = false
          frames.value = [...before, ...more]
        },
        done(ms) {
          busy.value = false
          milliseconds.value = ms
        },
        failed(message) {
          busy.value = false
          error.value = message
        },
      },
    )
  }

  const heal = () => {
    if (!original.value) return
    frames.value = original.value
    original.value = undefined
    damagedAt.value = undefined
  }

  /** A new question, or another model. */
  effect(() => {
    const m = model.value
    if (!m) return
    try {
      const asked = ask(taskOf(m), typed.value, notation.value)
      error.value = undefined
      input.value = asked.input
      original.value = undefined
      damagedAt.value = undefined
      cell.value = undefined
      run(m, asked.input)
    } catch (e) {
      error.value = messageOf(e)
    }
  })

  return {
    number,
    model,
    typed,
    notation,
    input,
    steps,
    tensors,
    frames,
    original,
    damagedAt,
    error,
    busy,
    milliseconds,
    wanted,
    playing,
    speed,
    tensor,
    view,
    channels,
    difference,
    cell,
    step,
    frame,
    complete,
    shape,
    role,
    verdict,
    heal,
    async load(loading: Promise<LoadedModel>) {
      try {
        model.value = await loading
      } catch (e) {
        error.value = messageOf(e)
      }
    },
    go(to: number) {
      wanted.value = Math.max(0, Math.min(steps.value, to))
    },
    /** Changes the memory at the step that is shown, and computes on from there. */
    damage(changes: Record<string, Float32Array>) {
      const [m, x, now] = [model.value, input.value, frame.value]
      if (!m || !x || !now || !complete.value) return
      original.value ??= frames.value
      damagedAt.value = Math.min(damagedAt.value ?? now.step, now.step)
      run(m, x, { frame: now, changes })
    },
  }
}

export type Film = ReturnType<typeof createFilm>
