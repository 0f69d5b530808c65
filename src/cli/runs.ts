// `ls`, `info` and `metrics` show runs that are on the disk.

import fs from "node:fs"
import { join } from "node:path"
import { Command } from "commander"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { type MetricsRow, readMetrics } from "../runs/metrics.ts"
import { readRun, runFiles } from "../runs/run-folder.ts"
import { grouped, percent, print, printJson, say, table } from "./output.ts"
import { clock } from "./values.ts"

interface RunRow {
  readonly run: string
  readonly task: string
  readonly model: string
  readonly device: string
  readonly seed: number
  readonly started: string
  readonly step: number
  readonly seconds: number
  /** How training ended: "generalizes", "steps", or null if it was stopped or still goes on. */
  readonly ended: string | null
  /** The largest size with an evaluation, and the last share of right answers there. */
  readonly evaluated: { readonly size: number; readonly exact: number } | null
}

/** Describes the run in a folder. Throws a UserError if it is none. */
function rowOf(dir: string): RunRow {
  const { config, info } = readRun(dir)
  const rows = readMetrics(runFiles(dir).metrics)
  const name = (part: unknown) => (isObject(part) && typeof part.name === "string" ? part.name : "?")
  const last = rows.at(-1)
  const evaluations = rows.filter((row) => row.type === "evaluation" && row.hard !== true)
  const largest = Math.max(0, ...evaluations.map((row) => Number(row.size)))
  const evaluated = evaluations.findLast((row) => row.size === largest)
  return {
    run: dir,
    task: name(config.task),
    model: name(config.model),
    device: String(info.device ?? "?"),
    seed: Number(config.seed),
    started: String(info.started ?? ""),
    step: Number(rows.findLast((row) => typeof row.step === "number")?.step ?? 0),
    seconds: Number(rows.findLast((row) => typeof row.seconds === "number")?.seconds ?? 0),
    ended: last?.type === "done" ? String(last.reason) : null,
    evaluated: evaluated ? { size: largest, exact: Number(evaluated.exact) } : null,
  }
}

const exactText = ({ evaluated }: RunRow) => (evaluated ? `${percent(evaluated.exact)} at size ${evaluated.size}` : "")

export const lsCommand = (): Command =>
  new Command("ls")
    .argument("[folder]", "folder that holds the runs' folders", "runs")
    .option("--json", "print one JSON line per run")
    .action((folder: string, { json }: { json?: boolean }) => {
      if (!fs.existsSync(folder)) throw new UserError(`there is no folder ${folder}; neural-gpu train add makes a run`)
      const dirs = fs.readdirSync(folder).map((name) => join(folder, name))
      const rows: RunRow[] = []
      for (const dir of dirs.filter((dir) => fs.existsSync(runFiles(dir).config)))
        try {
          rows.push(rowOf(dir))
        } catch (error) {
          if (!(error instanceof UserError)) throw error
          say(error.message) // one damaged run does not hide the others
        }
      rows.sort((a, b) => (a.started < b.started ? -1 : 1))
      if (json) return rows.forEach(printJson)
      if (rows.length === 0) return say(`${folder} holds no runs`)
      const head = ["run", "task", "model", "step", "time", "ended", "correct"]
      const lines = rows.map((row) => [
        ...[row.run, row.task, row.model, grouped(row.step), clock(row.seconds)],
        ...[row.ended ?? "", exactText(row)],
      ])
      table([head, ...lines], [false, false, false, true, true]).forEach(print)
    })

export const infoCommand = (): Command =>
  new Command("info")
    .argument("<run>", "a run's folder")
    .option("--json", "print the description, the config and run.json as one JSON line")
    .action((dir: string, { json }: { json?: boolean }) => {
      const row = rowOf(dir)
      const { config, info } = readRun(dir)
      if (json) return printJson({ ...row, config, info })
      const { cpu, cores, platform, version, git } = info
      table([
        ["run", row.run],
        ["task", row.task],
        ["model", row.model],
        ["seed", String(row.seed)],
        ["steps", grouped(row.step)],
        ["time", clock(row.seconds)],
        ["ended", row.ended ?? "stopped, or still training"],
        ["correct", exactText(row) || "not evaluated yet"],
        ["started", row.started],
        ["device", `${row.device} (${cpu}, ${cores} cores, ${platform})`],
        ["version", `${version}${git ? `, commit ${git}` : ""}`],
      ]).forEach(print)
    })

export const metricsCommand = (): Command =>
  new Command("metrics")
    .argument("<run>", "a run's folder")
    .option("--events <type>", "rows of other events, such as evaluation", "step")
    .action((dir: string, { events }: { events: string }) => {
      readRun(dir) // refuses what is no run
      const all = readMetrics(runFiles(dir).metrics)
      const rows = all.filter((row) => row.type === events)
      const types = [...new Set(all.map((row) => String(row.type)))]
      if (rows.length === 0 && events === "step")
        throw new UserError(`${dir} has no rows of steps yet; train writes one every 10 steps, or as --log-every says`)
      if (rows.length === 0)
        throw new UserError(
          `--events: got ${JSON.stringify(events)}, expected one of ${types.join(", ") || "none yet"}`,
        )
      csvOf(rows).forEach(print)
    })

/** Rows as CSV (RFC 4180), with a column for every field that any row has. */
export function csvOf(rows: readonly MetricsRow[]): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== "type")
  const cell = (value: unknown) => {
    if (value === undefined || value === null) return ""
    const text = typeof value === "object" ? JSON.stringify(value) : String(value)
    return /[",\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [columns.join(","), ...rows.map((row) => columns.map((name) => cell(row[name])).join(","))]
}
