// One training session: consumes the trainer's events, updates the run's folder, and always ends in order.
// State is saved only at step events, so that it resumes bit for bit.

import { existsSync } from "node:fs"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import type { Backend } from "../backends/backend.ts"
import { UserError } from "../core/errors.ts"
import { bestName, bestOf, better, type Look, looksOf, saveBest } from "../runs/best.ts"
import { saveCheckpoint, saveKept } from "../runs/checkpoint.ts"
import { appendMetrics, type MetricsRow, readMetrics, truncateMetrics } from "../runs/metrics.ts"
import type { RunFiles } from "../runs/run-folder.ts"
import type { FoundTask } from "../tasks/index.ts"
import type { TrainConfig } from "../training/config.ts"
import type { Snapshot, StepEvent, TrainEvent } from "../training/events.ts"
import { train } from "../training/trainer.ts"
import type { Interrupt } from "./interrupt.ts"

/** Default number of steps between rows of metrics.jsonl. All other events are recorded. */
export const STEPS_PER_ROW = 10
/** How long a step may still run after a signal. After that, the last complete step is saved instead. */
const GRACE_MS = 5000
/** Longest time between two checks for signals. */
const FREE_MS = 20

export interface SessionOptions {
  readonly config: TrainConfig
  /** A task of the user's own with its examples; undefined for the task that the config names. */
  readonly task: FoundTask | undefined
  readonly backend: Backend
  readonly files: RunFiles
  /** The snapshot to resume from. */
  readonly from?: Snapshot | undefined
  /** Time limit of this session in seconds. */
  readonly time?: number | undefined
  readonly saveEvery: number
  /** Steps between checkpoints that are never removed. */
  readonly keepEvery?: number | undefined
  /** Steps between rows of metrics.jsonl. */
  readonly logEvery: number
  readonly interrupt: Interrupt
  readonly reporter: Reporter
}

export interface Status {
  /** Seconds of training, over all sessions of this run. */
  readonly seconds: number
  /** The largest size that this attempt has reached. */
  readonly size: number
  readonly stepsPerSecond: number
  /** Seconds left until the time limit, if there is one. */
  readonly left: number | undefined
}

/** Reports to the user. */
export interface Reporter {
  event(event: TrainEvent, status: Status): void
  /** Reports any other message. */
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
  /** Whether the last state is on the disk. */
  readonly saved: boolean
  /** The best evaluation at the goal size over all sessions, if its checkpoint exists. */
  readonly best: Look | undefined
}

/** Trains until the trainer is done, a limit is reached, or the user interrupts. */
export async function runSession(options: SessionOptions): Promise<Outcome> {
  const { config, task, backend, files, from, time, saveEvery, keepEvery, logEvery, interrupt, reporter } = options
  const rows = from ? rowsSoFar(files.metrics) : []
  const keeper = new Keeper(files, from, reporter, config, rows)
  const before = Number(rows.findLast((row) => typeof row.seconds === "number")?.seconds ?? 0)
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  const speed = new Speed()
  const events = train(config, backend, from, task)
  let savedAt = Number.NEGATIVE_INFINITY // the first step is saved, so that the run can be asked
  let last: StepEvent | undefined
  let size = 0
  let reason: Outcome["reason"] | undefined
  let saved = true
  const quiet = new Quiet(reporter)
  for (let freedAt = performance.now(); reason === undefined; ) {
    // a backend on this thread never waits, so signals need this pause
    if (performance.now() - freedAt > FREE_MS) {
      await setImmediate()
      freedAt = performance.now()
    }
    const next = await orGraceOver(events.next(), interrupt, last !== undefined).finally(() => quiet.over())
    if (next === undefined) {
      reason = "interrupted"
      saved = await keeper.save()
      break
    }
    if (next.done) throw new Error("training ended without an event that tells why")
    const event = next.value
    if (last === undefined) quiet.begin("the first step")
    if (event.type === "step") {
      size = last?.seed === event.seed ? Math.max(size, event.size) : event.size
      last = event
      speed.add(elapsed(), event.step)
      keeper.see(event)
      await keeper.keepBest(event)
      if (keepEvery !== undefined && event.step % keepEvery === 0) await keeper.keepForGood(event)
      if (time !== undefined && elapsed() >= time) reason = "time"
    } else if (event.type === "checking") {
      speed.pause(elapsed())
    } else if (event.type === "evaluation") {
      speed.resume(elapsed())
      keeper.looks.push({ ...event })
    } else if (event.type === "done") {
      reason = event.reason
      keeper.see(event)
    }
    const left = secondsLeft(config, event, time === undefined ? undefined : time - elapsed(), speed.perSecond)
    const seconds = before + elapsed()
    if (event.type !== "step" || event.step % logEvery === 0 || event.step === keeper.lastStep)
      keeper.row(event, seconds)
    // after the rows, which a run that resumes drops beyond its checkpoint: so a kill between loses none
    if (event.type === "step" && elapsed() - savedAt >= saveEvery) {
      await keeper.save()
      savedAt = elapsed()
    }
    reporter.event(event, { seconds, size, stepsPerSecond: speed.perSecond, left })
    // an evaluation may be cut short, because its step is computed again
    const mayEnd = event.type === "step" || event.type === "checking" || last === undefined
    if (interrupt.came && mayEnd) reason ??= "interrupted"
    if (reason !== undefined) {
      keeper.writeRows()
      saved = await keeper.save() // before the trainer ends and the device loses its weights
      await events.return(undefined)
    }
  }
  return { reason, seconds: before + elapsed(), last, size, step: keeper.step, saved, best: keeper.best }
}

/**
 * The next event; undefined if the user wants to end and it does not come soon. Before the first step there
 * is nothing to wait for.
 */
async function orGraceOver<T>(next: Promise<T>, interrupt: Interrupt, wait: boolean): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  let forget = () => {}
  const over = new Promise<undefined>((resolve) => {
    forget = interrupt.whenAsked(() => (timer = setTimeout(resolve, wait ? GRACE_MS : 0, undefined)))
  })
  try {
    return await Promise.race([next, over])
  } catch (error) {
    // Ctrl-C in a terminal also reaches the compiler, so its failure is expected
    if (interrupt.came) return undefined
    throw error
  } finally {
    forget() // a training waits for millions of events
    clearTimeout(timer)
  }
}

/** Milliseconds without a word before the first step, after which the user hears what is going on. */
const QUIET_MS = 5000

/** Tells what takes long before the first step: compiling a large model, or a step of long questions. */
class Quiet {
  readonly reporter: Reporter
  timer: NodeJS.Timeout | undefined

  constructor(reporter: Reporter) {
    this.reporter = reporter
    this.begin("compiling the model")
  }

  begin(what: string): void {
    this.timer = setTimeout(() => this.reporter.note(`${what} takes long; Ctrl-C ends it`), QUIET_MS)
  }

  over(): void {
    clearTimeout(this.timer)
  }
}

/** Rows of metrics that wait for a disk that refuses them. */
const MOST_UNWRITTEN = 10_000

/** An event from which the state can be saved. */
interface Saveable {
  readonly step: number
  snapshot(): Promise<Snapshot>
}

/**
 * Writes the run's folder. If the disk refuses, it reports this once and tries again: the training is worth
 * the wait.
 */
class Keeper {
  readonly files: RunFiles
  readonly reporter: Reporter
  latest: Saveable | undefined
  savedStep: number | undefined
  told = false
  /** Evaluations whose step event has not come yet. They used the weights of that step. */
  looks: MetricsRow[] = []
  best: Look | undefined
  readonly goalSize: number
  /** The step at which the run ends; it has a row in the metrics too. */
  readonly lastStep: number | null
  /** Rows of metrics that the disk has not taken yet. */
  readonly unwritten: MetricsRow[] = []

  constructor(
    files: RunFiles,
    from: Snapshot | undefined,
    reporter: Reporter,
    { goal, steps }: TrainConfig,
    rows: readonly MetricsRow[],
  ) {
    this.files = files
    this.reporter = reporter
    this.goalSize = goal.size
    this.lastStep = steps
    if (existsSync(join(files.dir, bestName))) this.best = bestOf(looksOf(rows, goal.size))
    this.latest = from && { step: from.step, snapshot: async () => from }
    this.savedStep = from?.step
  }

  get step(): number {
    return this.latest?.step ?? 0
  }

  see(event: Saveable): void {
    this.latest = event
  }

  /** Saves the latest state. Returns whether it is on the disk. */
  async save(): Promise<boolean> {
    const { latest } = this
    if (latest === undefined || latest.step === this.savedStep) return true
    const snapshot = await latest.snapshot()
    return this.orTold(() => {
      saveCheckpoint(this.files.dir, snapshot)
      this.savedStep = latest.step
    })
  }

  /** Keeps the state after this step if its evaluation is the best so far. */
  async keepBest({ step, seed, snapshot }: StepEvent): Promise<void> {
    const [look] = looksOf(this.looks, this.goalSize)
    this.looks = []
    if (look === undefined || look.step !== step || !better(look, this.best)) return
    const seen = await snapshot()
    if (seen.state.seed !== seed) return // there was a restart since
    this.orTold(() => {
      saveBest(this.files.dir, seen)
      this.best = look
    })
  }

  /** Keeps the state after this step for good. */
  async keepForGood({ snapshot }: StepEvent): Promise<void> {
    const seen = await snapshot()
    this.orTold(() => saveKept(this.files.dir, seen))
  }

  row(event: TrainEvent, seconds: number): void {
    if (event.type === "start" || event.type === "checking") return
    const row = { ...event, seconds: Math.round(seconds * 1000) / 1000 }
    this.unwritten.push(event.type === "rollback" ? { ...row, step: event.to } : row)
    if (this.unwritten.length > MOST_UNWRITTEN) this.unwritten.shift()
    this.writeRows()
  }

  /** Writes the rows of metrics that the disk has not taken yet. */
  writeRows(): void {
    this.orTold(() => {
      for (let [row] = this.unwritten; row !== undefined; [row] = this.unwritten) {
        if (row.type === "rollback") truncateMetrics(this.files.metrics, Number(row.step))
        appendMetrics(this.files.metrics, row)
        this.unwritten.shift()
      }
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

/** The metrics of earlier sessions. */
function rowsSoFar(metrics: string): MetricsRow[] {
  try {
    return readMetrics(metrics)
  } catch (error) {
    if (error instanceof UserError) return [] // damaged metrics do not stop a run
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

/** Steps per second over about the last ten seconds of training. Evaluations do not count. */
class Speed {
  readonly seen: { at: number; step: number }[] = []
  evaluated = 0
  pausedAt: number | undefined

  /** An evaluation goes on at this time. */
  pause(at: number): void {
    this.pausedAt ??= at
  }

  resume(at: number): void {
    this.evaluated += at - (this.pausedAt ?? at)
    this.pausedAt = undefined
  }

  add(now: number, step: number): void {
    const at = now - this.evaluated
    this.seen.push({ at, step })
    while (this.seen.length > 2 && at - this.seen[0].at > 10) this.seen.shift()
  }

  get perSecond(): number {
    const [first, last] = [this.seen[0], this.seen[this.seen.length - 1]]
    return first === last || last.at === first.at ? 0 : Math.max(0, last.step - first.step) / (last.at - first.at)
  }
}
