// Keeps one run per worker going, records the results, and shows a table of the runs.

import type { Report, Work } from "../sweep/scheduler.ts"
import { schedulers } from "../sweep/schedulers.ts"
import { type Result, type Store, type StoredTrial, stateOf } from "../sweep/store.ts"
import type { Interrupt } from "./interrupt.ts"
import { columnsOf, grouped, percent, printJson, say, table } from "./output.ts"
import { evaluatePiece, type Piece, type PieceOutcome, reached, trainPiece } from "./sweep-worker.ts"
import { clock } from "./values.ts"

/** How often a run whose process was killed is continued from its checkpoint. */
const MAX_BREAKS = 3
const REDRAW_MS = 500

interface Running {
  readonly trial: StoredTrial
  readonly work: Work
  readonly piece: Piece
  now: Report | undefined
  ended: boolean
}

/** Runs trials until every one has its result, or the user interrupts. */
export async function runPool(
  store: Store,
  workers: number,
  interrupt: Interrupt,
  json: boolean,
): Promise<"done" | "interrupted"> {
  const schedule = schedulers[store.info.scheduler]
  const running = new Map<string, Running>()
  const breaks = new Map<string, number>()
  const began = performance.now()
  const view = liveTable(store, running, began)
  interrupt.whenAsked(() => {
    for (const { piece } of running.values()) piece.stop("SIGTERM")
  })
  const finish = (trial: StoredTrial, result: Result) => {
    if (!store.finish(trial.id, result)) return
    if (json) printJson({ type: "result", id: trial.id, seed: trial.config.seed, point: trial.point, ...result })
    else view.note(resultLine(trial, result))
  }

  const settle = async ({ trial, work }: Running, outcome: PieceOutcome): Promise<void> => {
    if (outcome.type === "broken") {
      if (interrupt.came) return
      const count = (breaks.get(trial.id) ?? 0) + 1
      breaks.set(trial.id, count)
      if (count < MAX_BREAKS) view.note(`${trial.id}: ${outcome.reason}; it continues from its checkpoint`)
      else
        finish(trial, {
          ...reached(trial),
          ended: "failed",
          evaluation: [],
          reason: `${outcome.reason}, ${count} times`,
        })
    } else if (outcome.type === "failed")
      finish(trial, { ...reached(trial), ended: "failed", evaluation: [], reason: outcome.reason })
    else {
      store.report(trial.id, outcome.report)
      if (outcome.ended === "steps" && work.steps < stateOf(trial).budget) return
      const evaluation = await evaluatePiece(trial, store.info)
      if (interrupt.came && typeof evaluation === "string") return
      if (typeof evaluation === "string")
        finish(trial, { ...outcome.report, ended: "failed", evaluation: [], reason: evaluation })
      else finish(trial, { ...outcome.report, ended: outcome.ended, evaluation })
    }
  }

  for (;;) {
    while (running.size < workers && !interrupt.came) {
      const trials = store.trials()
      const work = schedule(trials.map(stateOf), new Set(running.keys()))
      if (work === undefined) break
      const trial = trials.find(({ id }) => id === work.id) as StoredTrial
      const piece = trainPiece(trial, store.info, work.steps, (now) => {
        entry.now = now
        view.draw()
      })
      const entry: Running = { trial, work, piece, now: undefined, ended: false }
      running.set(trial.id, entry)
    }
    if (running.size === 0) break
    await Promise.race([...running.values()].map((entry) => ending(entry, settle)))
    for (const [id, { ended }] of running) if (ended) running.delete(id)
  }
  view.close()
  if (interrupt.came) return "interrupted"
  // a trial that the scheduler did not continue ends with what it had reached
  for (const trial of store.trials())
    if (trial.result === undefined)
      finish(trial, { ...(trial.reports.at(-1) ?? reached(trial)), ended: "stopped", evaluation: [] })
  return "done"
}

const endings = new WeakMap<Running, Promise<void>>()

/** Resolves when a piece of work is over and recorded. */
function ending(entry: Running, settle: (entry: Running, outcome: PieceOutcome) => Promise<void>): Promise<void> {
  const known = endings.get(entry)
  if (known) return known
  const promise = entry.piece.done
    .then((outcome) => settle(entry, outcome))
    .finally(() => {
      entry.ended = true
    })
  endings.set(entry, promise)
  return promise
}

const pointLine = ({ point, config }: StoredTrial) =>
  [`seed ${config.seed}`, ...Object.entries(point).map(([name, value]) => `${name} ${value}`)].join(", ")

const resultLine = (trial: StoredTrial, { ended, size, steps, evaluation, reason }: Result) => {
  const exact = evaluation.filter((e) => !e.hard).map((e) => `${e.size}: ${percent(e.exact)}`)
  const found = ended === "failed" ? (reason ?? "failed") : `size ${size} after ${grouped(steps)} steps`
  return `${trial.id} (${pointLine(trial)}) ${found}${exact.length > 0 ? `; exact at ${exact.join(", ")}` : ""}`
}

/** A table of the running trials, redrawn in a terminal. Results scroll above it. */
function liveTable(store: Store, running: ReadonlyMap<string, Running>, began: number) {
  const stream = process.stderr
  if (!stream.isTTY) return { draw() {}, note: say, close() {} }
  let drawn = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  const clear = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\r\x1b[J`)
    drawn = 0
  }
  const draw = () => {
    if (performance.now() - drawnAt < REDRAW_MS) return
    drawnAt = performance.now()
    clear()
    const trials = store.trials()
    const finished = trials.filter(({ result }) => result !== undefined).length
    const rows = [...running.values()].map(({ trial, work, now }) => [
      trial.id,
      now ? `step ${grouped(now.steps)} of ${grouped(work.steps)}` : "starting",
      now ? `size ${now.size}` : "",
      now ? `right ${percent(now.symbol, 1)}` : "",
      pointLine(trial),
    ])
    const lines = [
      `${finished} of ${trials.length} runs done, ${running.size} running, ${clock((performance.now() - began) / 1000)}`,
      ...(rows.length > 0 ? table(rows) : []),
    ].map((line) => line.slice(0, columnsOf(stream) - 1))
    stream.write(`${lines.join("\n")}\n`)
    drawn = lines.length
  }
  return {
    draw,
    note(text: string) {
      clear()
      say(text)
      drawnAt = Number.NEGATIVE_INFINITY
      draw()
    },
    close: clear,
  }
}
