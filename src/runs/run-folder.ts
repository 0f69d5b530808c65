// A run is a folder: config.json (the complete config), run.json (program and machine), metrics.jsonl and
// checkpoints. config.json is written last and only once; it makes the folder a run.

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { cpus } from "node:os"
import { basename, join } from "node:path"
import { UserError } from "../core/errors.ts"
import { codeOf, type Disk, diskError, makeFolder, nodeDisk, removeIfThere, writeAtomically } from "./disk.ts"
import { exactJson, parseJsonObject } from "./json.ts"
import { loadModelOf, moduleDigest } from "./model-module.ts"
import { type StorableTask, type TaskSource, writeTask } from "./own-task.ts"
import { findPackage } from "./package.ts"

/** Everything that a run writes, except temporary files. */
const ours =
  /^(config\.json|run\.json|metrics\.jsonl|lock(\..*)?|(pairs|tests)\.jsonl|best\.safetensors|(checkpoint|kept)-\d+\.safetensors)$/u

/** The program and the machine that made a run. */
export interface RunInfo {
  /** Version of this package. */
  readonly version: string
  readonly node: string
  /** Commit of this package's checkout, with "-dirty" if files were changed; null outside a checkout. */
  readonly git: string | null
  /** For instance "linux x64". */
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  /** The name of the device. */
  readonly device: string
  readonly seed: number
  /** Where the examples of a task of the user's own are. */
  readonly task?: TaskSource
  /** SHA-256 of the file that defines the model, in hex; null for a model of this package. */
  readonly module: string | null
  /** Start time, ISO 8601. */
  readonly started: string
}

export interface NewRun {
  /** The resolved configuration; plain JSON. */
  readonly config: object
  readonly device: string
  readonly seed: number
  /** A task of the user's own, which is stored in the folder. */
  readonly task?: StorableTask | undefined
}

/** The paths inside a run's folder. */
export interface RunFiles {
  readonly dir: string
  readonly config: string
  readonly info: string
  readonly metrics: string
}

export interface RunRecord {
  readonly files: RunFiles
  readonly config: Record<string, unknown>
  readonly info: Record<string, unknown>
}

/** The paths of a run's files in this folder, whether they exist or not. */
export function runFiles(dir: string): RunFiles {
  return { dir, config: join(dir, "config.json"), info: join(dir, "run.json"), metrics: join(dir, "metrics.jsonl") }
}

/**
 * Creates a run in a folder. Of two processes that try, only one succeeds.
 * @throws UserError if the folder already holds a run, or any file of a name that a run writes
 */
export function createRun(dir: string, { config, device, seed, task }: NewRun, disk: Disk = nodeDisk): RunFiles {
  const files = runFiles(dir)
  const configText = `${exactJson(config, "config", 2)}\n`
  const taken = () =>
    new UserError(
      `${dir} already holds a run, expected a new folder; continue it with --resume ${dir}, or use another --out`,
    )
  try {
    makeFolder(dir, disk)
    const names = disk.readdirSync(dir)
    if (names.includes(basename(files.config))) throw taken()
    const other = names.find((name) => ours.test(name))
    if (other !== undefined)
      throw new UserError(`${dir} holds ${other}, which a run would overwrite; use another --out, or move it`)
    const encode = (text: string) => new TextEncoder().encode(text)
    if (task) writeTask(dir, task)
    const source = task && { task: task.source }
    const info: RunInfo = {
      ...describeProgram(),
      device,
      seed,
      ...source,
      module: moduleDigest(config),
      started: new Date().toISOString(),
    }
    writeAtomically(files.info, encode(`${exactJson(info, "run", 2)}\n`), { disk, exclusive: true })
    try {
      writeAtomically(files.config, encode(configText), { disk, exclusive: true })
    } catch (error) {
      // leave no half of a run, least of all one that does not tell how it was made
      const another = codeOf(error) === "EEXIST"
      if (!another) removeIfThere(files.config, disk)
      if (another || !fs.existsSync(files.config)) removeIfThere(files.info, disk)
      throw error
    }
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      // mkdir also reports EEXIST if the path itself is a file
      if (fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory() === false)
        throw new UserError(`cannot create the run ${dir}: there is a file of that name; use another --out`)
      throw taken()
    }
    throw diskError("create the run", dir, error)
  }
  return files
}

/**
 * Reads the record of a run, and loads its model if a file defines it. A kill can leave `info` empty.
 * @throws UserError if the folder is not a run, or is damaged, or its model's file is not there
 */
export function readRun(dir: string, disk: Disk = nodeDisk): RunRecord {
  const files = runFiles(dir)
  const config = readObject(files.config, disk)
  if (config === undefined)
    throw new UserError(
      `${dir} is not a run: it holds no config.json, expected a folder that training wrote; check the path`,
    )
  loadModelOf(config)
  return { files, config, info: readObject(files.info, disk) ?? {} }
}

function readObject(file: string, disk: Disk): Record<string, unknown> | undefined {
  let text = ""
  try {
    text = disk.readFileSync(file, "utf8")
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "")) return undefined
    throw diskError("read", file, error)
  }
  const value = parseJsonObject(text)
  if (value !== undefined) return value
  const got = JSON.stringify(text.slice(0, 40))
  throw new UserError(`${file} is damaged: got ${got}, expected a JSON object; restore it`)
}

/** Versions and machine, as stored in run.json. */
function describeProgram(): Omit<RunInfo, "device" | "seed" | "module" | "started"> {
  const { root, version } = findPackage()
  const processors = cpus()
  return {
    version,
    node: process.versions.node,
    git: gitRevision(root),
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
  }
}

/**
 * The revision of this package's checkout. Inside another project, git would report that project's revision.
 */
function gitRevision(root: string): string | null {
  if (!fs.existsSync(join(root, ".git"))) return null
  try {
    const args = ["-C", root, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 5000 }).trim()
  } catch {
    return null
  }
}
