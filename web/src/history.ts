// The history of a run: curves, saved steps, evaluations by size, notes, and time spent. Going back removes
// the later part of all of them, so that nothing of an abandoned future stays visible.

import { computed, signal } from "@preact/signals"
import type { ModelConfig } from "../../src/models/index.ts"
import { type Copies, copiesAt } from "./copies.ts"
import type { SavedStep, StepRow } from "./engine/messages.ts"

export interface SizeRow {
  readonly size: number
  readonly exact: number
  readonly symbol: number
}
/** A note about a step. */
export interface Note {
  readonly step: number
  readonly text: string
}
interface Measured {
  readonly step: number
  readonly rows: readonly SizeRow[]
}

/** Most saved steps of a run; beyond that, every second one is dropped. */
const MOST_SAVED = 64
const MOST_NOTES = 6

const columns = ["step", "error", "symbol", "exact", "size", "learningRate", "dropout", "distance"] as const
/** `seconds` is the training time when the step was reported. */
type Curves = Record<keyof StepRow | "seconds", number[]>
const emptyCurves = () =>
  Object.fromEntries([...columns, "seconds"].map((name): [string, number[]] => [name, []])) as Curves

const upTo = <T extends { readonly step: number }>(step: number, list: readonly T[]) =>
  list.filter((x) => x.step <= step)

/** `from` is the step from which the run continues. */
export function createHistory(model: ModelConfig, from?: SavedStep) {
  const curves = emptyCurves()
  const pulls: { step: number; pull: number }[] = []
  const saved = signal<readonly SavedStep[]>(from ? [from] : [])
  const measured = signal<readonly Measured[]>([])
  const notes = signal<readonly Note[]>([])
  const seconds = signal(0)
  /** Incremented when the curves change. */
  const version = signal(0)
  /** The copies of the parameters, if the model has any. */
  const copies = signal<Copies | undefined>(from && copiesAt(from, model))
  const last = computed(() => {
    void version.value
    const i = curves.step.length - 1
    return i < 0
      ? undefined
      : (Object.fromEntries(columns.map((name) => [name, curves[name][i]])) as unknown as StepRow)
  })
  const shown = { curves, pulls, saved, notes, seconds, version, copies, last }
  return {
    ...shown,
    /** Right answers by size, from the latest evaluation. */
    sizes: computed(() => measured.value.at(-1)?.rows ?? []),
    /** The newest step. */
    step: () => last.peek()?.step ?? saved.peek().at(-1)?.step ?? 0,
    add(rows: readonly StepRow[], now: number) {
      for (const row of rows) {
        for (const name of columns) curves[name].push(row[name])
        curves.seconds.push(now)
      }
      seconds.value = now
      version.value++
    },
    note(step: number, text: string) {
      notes.value = [...notes.value, { step, text }].slice(-MOST_NOTES)
    },
    measure(step: number, rows: readonly SizeRow[]) {
      measured.value = [...measured.value, { step, rows }]
    },
    save(at: SavedStep) {
      const list = [...saved.value.filter((s) => s.step < at.step), at]
      saved.value = list.length > MOST_SAVED ? list.filter((_, i) => i % 2 === 0 || i === list.length - 1) : list
    },
    /** `pull` is the strength of the pull to the mean. */
    showCopies(now: Copies, pull: number) {
      copies.value = now
      pulls.push({ step: now.step, pull })
    },
    /** Removes everything after this step. */
    forget(step: number) {
      const rest = curves.step.findIndex((s) => s > step)
      if (rest >= 0) for (const list of Object.values(curves)) list.length = rest
      pulls.splice(0, pulls.length, ...upTo(step, pulls))
      saved.value = upTo(step, saved.value)
      measured.value = upTo(step, measured.value)
      notes.value = upTo(step, notes.value)
      seconds.value = curves.seconds.at(-1) ?? 0
      const at = saved.value.at(-1)
      copies.value = at && copiesAt(at, model)
      version.value++
    },
    /** Copies the history of another run up to this step. */
    take(other: Pick<typeof shown, "curves" | "pulls">, step: number) {
      other.curves.step.forEach((s, i) => {
        if (s > step) return
        for (const name of Object.keys(curves) as (keyof Curves)[]) curves[name].push(other.curves[name][i])
      })
      pulls.push(...upTo(step, other.pulls))
      seconds.value = curves.seconds.at(-1) ?? 0
      version.value++
    },
  }
}
export type History = ReturnType<typeof createHistory>
