// Runs one piece of a sweep's work in a process of its own, so that a crash, a kill or a hang affects no
// other run. The process saves and ends by itself when its sweep is gone and nobody reads its output.

import { type ChildProcess, spawn } from "node:child_process"
import fs from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { EvaluationRow } from "../inference/predictor.ts"
import { type MetricsRow, readUsableMetrics } from "../runs/metrics.ts"
import { sourceFrom } from "../runs/own-task.ts"
import { createRun, runFiles } from "../runs/run-folder.ts"
import type { Report } from "../sweep/scheduler.ts"
import type { StoredTrial, SweepInfo } from "../sweep/store.ts"

/**
 * A process that prints nothing for so long counts as hung. The longest pause is the compilation before the
 * first step.
 */
const SILENCE_MS = 15 * 60_000
/**
 * How often to retry a locked run. A sweep that was just killed may have left a process, which ends at its
 * next line of output.
 */
const LOCKED_TRIES = 20
const LOCKED_WAIT_MS = 500

export interface Piece {
  readonly done: Promise<PieceOutcome>
  /** Asks the process to save and end. */
  stop(signal: NodeJS.Signals): void
}

export type PieceOutcome =
  | { readonly type: "trained"; readonly ended: "steps" | "generalizes"; readonly report: Report }
  /** The run cannot continue. A retry would end in the same way. */
  | { readonly type: "failed"; readonly reason: string }
  /** The process was killed or stopped. The run's checkpoints remain. */
  | { readonly type: "broken"; readonly reason: string }

interface Spoken {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly lastWords: string
}

/** Runs this program with other arguments. `row` gets every JSON line. */
function speak(
  args: readonly string[],
  row: (row: Record<string, unknown>) => void,
): { child: ChildProcess; ended: Promise<Spoken> } {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1], ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  })
  let lastWords = ""
  const silence = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS)
  createInterface({ input: child.stdout }).on("line", (line) => {
    silence.refresh()
    try {
      row(JSON.parse(line) as Record<string, unknown>)
    } catch {
      // incomplete line of a killed process
    }
  })
  createInterface({ input: child.stderr }).on("line", (line) => (lastWords = line))
  const ended = new Promise<Spoken>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(silence)
      resolve({ code, signal, lastWords })
    }
    child.on("error", () => end(1, null))
    child.on("close", end)
  })
  return { child, ended }
}

/** Trains a trial from its last checkpoint until `steps`. `progress` is called at every step. */
export function trainPiece(trial: StoredTrial, info: SweepInfo, steps: number, progress: (now: Report) => void): Piece {
  let child: ChildProcess | undefined
  let stopped = false
  const stop = (signal: NodeJS.Signals) => {
    stopped = true
    child?.kill(signal)
  }
  const work = async (): Promise<PieceOutcome> => {
    if (!fs.existsSync(runFiles(trial.dir).config))
      createRun(trial.dir, {
        config: trial.config,
        device: info.device,
        seed: trial.config.seed,
        // the pairs stay in the sweep's folder
        task: info.source ? { source: sourceFrom(info.source, join("..", "..")), files: new Map() } : undefined,
      })
    for (let tries = 0; ; tries++) {
      let [size, symbol, reason] = [0, 0, "steps"]
      let [step, seconds] = [0, 0]
      let inUse = false
      const args = ["train", "--resume", trial.dir, "--steps", String(steps), "--workers", "1", "--json"]
      const spoken = speak(args, (row) => {
        if (typeof row.step === "number") step = row.step
        if (typeof row.seconds === "number") seconds = row.seconds
        if (row.type === "restart") size = 0
        if (row.type === "error") inUse = row.code === "in-use"
        if (row.type === "step") {
          size = Math.max(size, Number(row.size))
          symbol = Number(row.symbol)
          progress({ steps: step, size, symbol, seconds })
        } else if (row.type === "end" || row.type === "done") reason = String(row.reason)
      })
      child = spoken.child
      const { code, signal, lastWords } = await spoken.ended
      if (stopped || signal !== null || (code !== null && code > 128))
        return { type: "broken", reason: `its process ended with ${signal ?? `code ${code}`}` }
      if (inUse && tries < LOCKED_TRIES) {
        await new Promise((resolve) => setTimeout(resolve, LOCKED_WAIT_MS))
        continue
      }
      if (code !== 0) return { type: "failed", reason: lastWords.slice(0, 300) }
      // from the metrics and not from what was heard, so that a kill between changes no result
      const report = { ...reached(trial), steps: step }
      const generalizes = reason === "generalizes" || (reason === "over" && step < steps)
      return { type: "trained", ended: generalizes ? "generalizes" : "steps", report }
    }
  }
  return { done: work(), stop }
}

/**
 * The progress in a trial's metrics: the size of its latest attempt, and the seconds of all sessions. A run of
 * a few steps has no row of a step; then its last report tells.
 */
export function reached(trial: StoredTrial): Report {
  const { rows } = readUsableMetrics(runFiles(trial.dir).metrics)
  const attempt = rows
    .slice(rows.findLastIndex((row) => row.type === "restart") + 1)
    .filter((row) => row.type === "step")
  const reported = trial.reports.at(-1)
  if (attempt.length === 0 && reported) return reported
  return {
    steps: numberIn(attempt.at(-1), "step"),
    size: attempt.reduce((size, row) => Math.max(size, numberIn(row, "size")), 0),
    symbol: numberIn(attempt.at(-1), "symbol"),
    seconds: numberIn(
      rows.findLast((row) => typeof row.seconds === "number"),
      "seconds",
    ),
  }
}

/** A number of a row; 0 if it has none. */
const numberIn = (row: MetricsRow | undefined, name: string): number =>
  typeof row?.[name] === "number" ? row[name] : 0

/** Evaluates a finished trial by size. A returned text says why this failed. */
export async function evaluatePiece(trial: StoredTrial, info: SweepInfo): Promise<readonly EvaluationRow[] | string> {
  const rows: EvaluationRow[] = []
  const sizes = info.sizes.join(",")
  const args = [
    "eval",
    trial.dir,
    "--sizes",
    sizes,
    "--samples",
    String(info.samples),
    "--device",
    info.device,
    "--workers",
    "1",
    "--json",
  ]
  const { code, signal, lastWords } = await speak(args, (row) => rows.push(row as unknown as EvaluationRow)).ended
  if (code === 0) return rows
  return `its evaluation ended with ${signal ?? `code ${code}`}: ${lastWords.slice(0, 300)}`
}
