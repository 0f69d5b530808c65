// One training session: consumes the trainer's events, keeps the run's folder up to date, and ends in order
// whatever ends it. State is saved at step events only, so that what is saved goes on bit for bit.

import { existsSync } from "node:fs"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import type { Backend } from "../backends/backend.ts"
import { UserError } from "../core/errors.ts"
import { bestName, bestOf, better, type Look, looksOf, saveBest } from "../runs/best.ts"
import { saveCheckpoint, saveKept } from "../runs/checkpoint.ts"
import { appendMetrics, type MetricsRow, readMetrics, truncateMetrics } from "../runs/metrics.ts"
import type { RunFiles } from "../runs/run-folder.ts"
import type { TrainConfig } from "../training/config.ts"
import type { Snapshot, StepEvent, TrainEvent } from "../training/events.ts"
import { train } from "../training/trainer.ts"
import type { Interrupt } from "./interrupt.ts"

/** Steps between rows of metrics.jsonl; evaluations and what else happens are all there. */
export const STEPS_PER_ROW = 10
/** After a signal, how long the step that runs may take before the last complete one is saved instead. */
const GRACE_MS = 5000
/** Longest time without a look at signals, a step apart. */
const FREE_MS = 20

export interface SessionOptions {
  readonly config: TrainConfig
  readonly backend: Backend
  readonly files: RunFiles
  /** To go on from. */
  readonly from?: Snapshot | undefined
  /** Seconds that this session may take. */
  readonly time?: number | undefined
  readonly saveEvery: number
  /** Steps between states that are kept for good, beside the newest ones. */
  readonly keepEvery?: number | undefined
  readonly interrupt: Interrupt
  readonly reporter: Reporter
}

export interface Status {
  /** Seconds of training, over all sessions of this run. */
  readonly seconds: number
  /** The largest size that this attempt has reached. */
  readonly size: number
  readonly stepsPerSecond: number
  /** Seconds left to the limit, if there is one. */
  readonly left: number | undefined
}

/** Who tells the user what happens. */
export interface Reporter {
  event(event: TrainEvent, status: Status): void
  /** A sentence about something else. */
  note(text: string): void
  close(): void
}

export interface Outcome {
  readonly reason: "generalizes" | "steps" | "time" | "interrupted"
  readonly seconds: number
  /** The last step, if there was one. */
  readonly last: StepEvent | undefined
  /** The largest size that the last attempt reached. */
  readonly size: number
  readonly step: number
  /** Whether the state is on the disk. */
  readonly saved: boolean
  /** The best look at the goal's size, over all sessions, if its checkpoint was kept. */
  readonly best: Look | undefined
}

/** Trains until the trainer is done, a limit is reached, or somebody interrupts. */
export async function runSession(options: SessionOptions): Promise<Outcome> {
  const { config, backend, files, from, time, saveEvery, keepEvery, interrupt, reporter } = options
  const rows = from ? rowsSoFar(files.metrics) : []
  const keeper = new Keeper(files, from, reporter, config.goal.size, rows)
  const before = Number(rows.findLast((row) => typeof row.seconds === "number")?.seconds ?? 0)
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  const speed = new Speed()
  const events = train(config, backend, from)
  let savedAt = Number.NEGATIVE_INFINITY // the first step is saved: a run can be asked from then on
  let last: StepEvent | undefined
  let size = 0
  let reason: Outcome["reason"] | undefined
  let saved = true
  for (let freedAt = performance.now(); reason === undefined; ) {
    // a backend on this thread never waits: without this no signal would be heard
    if (performance.now() - freedAt > FREE_MS) {
      await setImmediate()
      freedAt = performance.now()
    }
    const next = await orGraceOver(events.next(), interrupt, last !== undefined)
    if (next === undefined) {
      reason = "interrupted"
      saved = await keeper.save()
      break
    }
    if (next.done) throw new Error("training ended without saying why")
    const event = next.value
    if (event.type === "step") {
      size = last?.seed === event.seed ? Math.max(size, event.size) : event.size
      last = event
      speed.add(elapsed(), event.step)
      keeper.see(event)
      await keeper.keepBest(event)
      if (keepEvery !== undefined && event.step % keepEvery === 0) await keeper.keepForGood(event)
      if (time !== undefined && elapsed() >= time) reason = "time"
      if (elapsed() - savedAt >= saveEvery) {
        await keeper.save()
        savedAt = elapsed()
      }
    } else if (event.type === "evaluation") {
      keeper.looks.push({ ...event })
    } else if (event.type === "done") {
      reason = event.reason
      keeper.see(event)
    }
    const left = secondsLeft(config, event, time === undefined ? undefined : time - elapsed(), speed.perSecond)
    const seconds = before + elapsed()
    keeper.row(event, seconds)
    reporter.event(event, { seconds, size, stepsPerSecond: speed.perSecond, left })
    // in the middle of a check nothing is worth waiting for: the step that it belongs to is computed again
    const mayEnd = event.type === "step" || event.type === "checking" || last === undefined
    if (interrupt.came && mayEnd) reason ??= "interrupted"
    if (reason !== undefined) {
      saved = await keeper.save() // before the trainer ends: a device takes its weights with it
      await events.return(undefined)
    }
  }
  return { reason, seconds: before + elapsed(), last, size, step: keeper.step, saved, best: keeper.best }
}

/**
 * The next event; undefined when the user wants to end and it does not come soon. Before the first step there
 * is nothing to wait for.
 */
async function orGraceOver<T>(next: Promise<T>, interrupt: Interrupt, wait: boolean): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = interrupt.asked.then(
    () => wait && new Promise<undefined>((resolve) => (timer = setTimeout(resolve, GRACE_MS, undefined))),
  )
  try {
    return await Promise.race([next, over.then(() => undefined)])
  } catch (error) {
    // a terminal sends Ctrl-C to the compiler too: its failure is the user's wish
    if (interrupt.came) return undefined
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Something after which the state can be had. */
interface Saveable {
  readonly step: number
  snapshot(): Promise<Snapshot>
}

/**
 * Writes the run's folder. A disk that refuses is told once and tried again: minutes of training are worth
 * waiting for it.
 */
class Keeper {
  readonly files: RunFiles
  readonly reporter: Reporter
  latest: Saveable | undefined
  savedStep: number | undefined
  told = false
  /** Evaluations whose step has not come yet: the weights that they looked at are that step's. */
  looks: MetricsRow[] = []
  best: Look | undefined
  readonly goalSize: number

  constructor(
    files: RunFiles,
    from: Snapshot | undefined,
    reporter: Reporter,
    goalSize: number,
    rows: readonly MetricsRow[],
  ) {
    this.files = files
    this.reporter = reporter
    this.goalSize = goalSize
    if (existsSync(join(files.dir, bestName))) this.best = bestOf(looksOf(rows, goalSize))
    this.latest = from && { step: from.step, snapshot: async () => from }
    this.savedStep = from?.step
  }

  get step(): number {
    return this.latest?.step ?? 0
  }

  see(event: Saveable): void {
    this.latest = event
  }

  /** Whether the latest state is on the disk. */
  async save(): Promise<boolean> {
    const { latest } = this
    if (latest === undefined || latest.step === this.savedStep) return true
    const snapshot = await latest.snapshot()
    return this.orTold(() => {
      saveCheckpoint(this.files.dir, snapshot)
      this.savedStep = latest.step
    })
  }

  /** Keeps the state after this step, if the look at it went better than all before. */
  async keepBest({ step, seed, snapshot }: StepEvent): Promise<void> {
    const [look] = looksOf(this.looks, this.goalSize)
    this.looks = []
    if (look === undefined || look.step !== step || !better(look, this.best)) return
    const seen = await snapshot()
    if (seen.state.seed !== seed) return // a restart has begun since
    this.orTold(() => {
      saveBest(this.files.dir, seen)
      this.best = look
    })
  }

  /** Keeps the state after this step, whatever comes. */
  async keepForGood({ snapshot }: StepEvent): Promise<void> {
    const seen = await snapshot()
    this.orTold(() => saveKept(this.files.dir, seen))
  }

  row(event: TrainEvent, seconds: number): void {
    if (event.type === "start" || event.type === "checking") return
    if (event.type === "step" && event.step % STEPS_PER_ROW !== 0) return
    const row = { ...event, seconds: Math.round(seconds * 1000) / 1000 }
    this.orTold(() => {
      if (event.type === "rollback") truncateMetrics(this.files.metrics, event.to)
      appendMetrics(this.files.metrics, event.type === "rollback" ? { ...row, step: event.to } : row)
    })
  }

  orTold(write: () => void): boolean {
    try {
      write()
      this.told = false
      return true
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      if (!this.told) this.reporter.note(error.message)
      this.told = true
      return false
    }
  }
}

/** What earlier sessions measured. */
function rowsSoFar(metrics: string): MetricsRow[] {
  try {
    return readMetrics(metrics)
  } catch (error) {
    if (error instanceof UserError) return [] // damaged metrics cost no run
    throw error
  }
}

function secondsLeft(
  config: TrainConfig,
  { step }: TrainEvent,
  time: number | undefined,
  perSecond: number,
): number | undefined {
  const bySteps = config.steps === null || perSecond === 0 ? undefined : (config.steps - step) / perSecond
  if (time === undefined) return bySteps
  return bySteps === undefined ? time : Math.min(time, bySteps)
}

/** Steps a second over the last ten seconds or so, evaluations included. */
class Speed {
  readonly seen: { at: number; step: number }[] = []

  add(at: number, step: number): void {
    this.seen.push({ at, step })
    while (this.seen.length > 2 && at - this.seen[0].at > 10) this.seen.shift()
  }

  get perSecond(): number {
    const [first, last] = [this.seen[0], this.seen[this.seen.length - 1]]
    return first === last || last.at === first.at ? 0 : Math.max(0, last.step - first.step) / (last.at - first.at)
  }
}
