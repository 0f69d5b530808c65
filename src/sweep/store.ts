// A store holds the trials and results of a sweep. The contract is small, so that a database can implement
// it. This store is plain files: every trial is a run's folder, with its own lock and checkpoints, and a
// database would duplicate it. sweep.json holds the trials, reports/<id>-<steps>.json their progress and
// results/<id>.json their results. These files appear whole and once, because link() refuses existing names.
// So no trial can get two results, even after a kill.

import fs from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import { UserError } from "../core/errors.ts"
import type { EvaluationRow } from "../inference/predictor.ts"
import { codeOf, makeFolder, nodeDisk, orDiskError, removeLeftovers, writeAtomically } from "../runs/disk.ts"
import { checkedConfig } from "../runs/file-formats.ts"
import { exactJson, parseJsonObject } from "../runs/json.ts"
import { lockRun } from "../runs/lock.ts"
import { type TaskSource, taskSource } from "../runs/own-task.ts"
import type { TrainConfig } from "../training/config.ts"
import type { Report, TrialState } from "./scheduler.ts"
import { schedulers } from "./schedulers.ts"
import type { Trial, Value } from "./space.ts"

export interface Result extends Report {
  /**
   * Why it ended: it used its steps, it generalizes, a scheduler stopped it because others were better, or it
   * failed.
   */
  readonly ended: "steps" | "generalizes" | "stopped" | "failed"
  /** Results on fresh examples, by size; empty if it was stopped or failed. */
  readonly evaluation: readonly EvaluationRow[]
  /** Why it failed. */
  readonly reason?: string
}

export interface SweepInfo {
  readonly name: string
  readonly about: string
  readonly task: string
  readonly scheduler: string
  /** Sizes at which finished trials are evaluated. */
  readonly sizes: readonly number[]
  readonly samples: number
  readonly device: string
  /** Where the examples of a task of the user's own are, seen from the sweep's folder; null for a named task. */
  readonly source: TaskSource | null
}

export interface StoredTrial extends Trial {
  readonly dir: string
  readonly reports: readonly Report[]
  readonly result: Result | undefined
}

export interface Store {
  readonly dir: string
  readonly info: SweepInfo
  /** One sentence for each file that could not be used when the sweep was opened. */
  readonly notes: readonly string[]
  /** Adds new trials and returns their number. */
  submit(trials: readonly Trial[]): number
  /** All trials with their progress and results, in the order of the sweep. */
  trials(): StoredTrial[]
  report(id: string, report: Report): void
  /** Records the result of a trial; false if it already has one. */
  finish(id: string, result: Result): boolean
  close(): void
}

export const stateOf = ({ id, config, reports, result }: StoredTrial): TrialState => ({
  id,
  budget: config.steps ?? Number.MAX_SAFE_INTEGER,
  reports,
  finished: result !== undefined,
})

interface Manifest {
  readonly info: SweepInfo
  readonly trials: readonly { id: string; point: Record<string, Value>; config: TrainConfig }[]
}

const finite = v.pipe(v.number(), v.finite())
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const some = v.pipe(count, v.minValue(1))
const report = { steps: count, size: count, symbol: finite, seconds: finite }
const evaluation = v.looseObject({ size: count, hard: v.boolean(), exact: finite })
/** What the files of a sweep hold. Ids are names of folders, so they must not lead out of it. */
const schemas = {
  manifest: v.object({
    info: v.strictObject({
      name: v.string(),
      about: v.string(),
      task: v.string(),
      scheduler: v.picklist(Object.keys(schedulers)),
      sizes: v.pipe(v.array(some), v.minLength(1)),
      samples: some,
      device: v.string(),
      source: v.optional(v.nullable(taskSource), null), // older sweeps have none
    }),
    trials: v.array(
      v.object({
        id: v.pipe(v.string(), v.regex(/^[0-9a-f]{1,64}$/u)),
        point: v.record(v.string(), v.union([v.string(), v.boolean(), v.null(), finite])),
        config: v.record(v.string(), v.unknown()),
      }),
    ),
  }),
  report: v.object(report),
  result: v.object({
    ...report,
    ended: v.picklist(["steps", "generalizes", "stopped", "failed"]),
    evaluation: v.array(evaluation),
    reason: v.optional(v.string()),
  }),
}

/**
 * Opens the sweep in a folder, or creates it if `info` is given.
 * @throws UserError if the folder is not a sweep's, or another process has it open
 */
export function openStore(dir: string, info?: SweepInfo): Store {
  const file = join(dir, "sweep.json")
  const folders = [dir, join(dir, "trials"), join(dir, "reports"), join(dir, "results")]
  if (info) {
    const strange = readManifest(file) === undefined ? entries(dir).filter((name) => !name.startsWith(".")) : []
    // a sweep that was killed at its start may have left these, and nothing else
    if (strange.some((name) => !["trials", "reports", "results", "lock"].includes(name)))
      throw new UserError(`${dir} holds other files, expected a new folder or a sweep's; use another --out`)
    orDiskError("create the sweep", dir, () => folders.forEach((folder) => makeFolder(folder, nodeDisk)))
  } else if (readManifest(file) === undefined)
    throw new UserError(
      `${dir} is not a sweep: it holds no sweep.json, expected a folder that \`neural-gpu sweep\` wrote`,
    )
  const unlock = lockRun(dir)
  const notes: string[] = []
  let manifest: Manifest
  try {
    // the lock is ours
    for (const folder of [dir, folders[2], folders[3]]) removeLeftovers(folder, entries(folder), /\.json$/u, nodeDisk)
    manifest = readManifest(file) ?? { info: info as SweepInfo, trials: [] }
    if (info) requireSame(dir, manifest.info, info)
    notes.push(...setAside(folders[2], schemas.report), ...setAside(folders[3], schemas.result))
  } catch (error) {
    unlock()
    throw error
  }
  const save = () => writeJson(file, manifest)
  return {
    dir,
    info: manifest.info,
    notes,
    submit(trials) {
      const known = new Set(manifest.trials.map(({ id }) => id))
      const fresh = trials.filter(({ id }) => !known.has(id))
      manifest = { ...manifest, trials: [...manifest.trials, ...fresh] }
      save()
      return fresh.length
    },
    trials() {
      const reports = new Map<string, Report[]>()
      for (const name of entries(folders[2])) {
        const [, id] = /^([0-9a-f]+)-\d+\.json$/u.exec(name) ?? []
        if (id !== undefined) reports.set(id, [...(reports.get(id) ?? []), readJson<Report>(join(folders[2], name))])
      }
      const finished = new Set(entries(folders[3]))
      return manifest.trials.map((trial) => ({
        ...trial,
        dir: join(folders[1], trial.id),
        reports: (reports.get(trial.id) ?? []).sort((a, b) => a.steps - b.steps),
        result: finished.has(`${trial.id}.json`) ? readJson<Result>(join(folders[3], `${trial.id}.json`)) : undefined,
      }))
    },
    report: (id, report) => void writeNew(join(folders[2], `${id}-${report.steps}.json`), report),
    finish: (id, result) => writeNew(join(folders[3], `${id}.json`), result),
    close: unlock,
  }
}

function requireSame(dir: string, has: SweepInfo, got: SweepInfo): void {
  for (const key of Object.keys(got) as (keyof SweepInfo)[]) {
    if (key === "about" || JSON.stringify(has[key]) === JSON.stringify(got[key])) continue
    throw new UserError(
      `${dir} holds another sweep: its ${key} is ${JSON.stringify(has[key])}, got ${JSON.stringify(got[key])}; use another --out, or continue it with --resume ${dir}`,
    )
  }
}

function readManifest(file: string): Manifest | undefined {
  if (!fs.existsSync(file)) return undefined
  const manifest = readJson<object>(file)
  const { issues } = v.safeParse(schemas.manifest, manifest)
  if (issues !== undefined) {
    const at = v.getDotPath(issues[0]) ?? "its content"
    throw new UserError(`${file} is damaged: ${at.slice(0, 60)} is not what a sweep writes; restore it`)
  }
  const whole = manifest as Manifest
  for (const { id, config } of whole.trials) checkedConfig(`trial ${id} in ${file}`, config)
  return whole
}

/**
 * Gives damaged files another name, so that what they held is made again.
 * @returns a sentence for each
 */
function setAside(folder: string, schema: v.GenericSchema): string[] {
  return entries(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const file = join(folder, name)
      const text = orDiskError("read", file, () => fs.readFileSync(file, "utf8"))
      if (v.is(schema, parseJsonObject(text))) return []
      orDiskError("rename", file, () => fs.renameSync(file, `${file}.damaged`))
      return [`${file} is damaged; it is now ${name}.damaged, and is made again`]
    })
}

function readJson<T>(file: string): T {
  const value = parseJsonObject(orDiskError("read", file, () => fs.readFileSync(file, "utf8")))
  if (value === undefined) throw new UserError(`${file} is damaged: expected a JSON object; restore it, or delete it`)
  return value as T
}

const bytes = (value: object) => new TextEncoder().encode(`${exactJson(value, "sweep", 1)}\n`)
const writeJson = (file: string, value: object) =>
  orDiskError("write", file, () => writeAtomically(file, bytes(value), { disk: nodeDisk }))

/** Whether the file is new. */
function writeNew(file: string, value: object): boolean {
  try {
    writeAtomically(file, bytes(value), { disk: nodeDisk, exclusive: true })
    return true
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false
    return orDiskError("write", file, () => {
      throw error
    })
  }
}

function entries(dir: string): string[] {
  try {
    return fs.readdirSync(dir)
  } catch (error) {
    if (codeOf(error) === "ENOENT") return []
    return orDiskError("read", dir, () => {
      throw error
    })
  }
}
