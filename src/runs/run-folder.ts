// A run is a folder that explains itself: config.json (what was asked for, resolved), run.json (by what and
// where it was made), metrics.jsonl (what happened) and checkpoints. config.json appears first and only once:
// it makes the folder a run.

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { cpus } from "node:os"
import { dirname, join } from "node:path"
import { UserError } from "../core/errors.ts"
import { codeOf, type Disk, diskError, nodeDisk, removeIfThere, writeAtomically } from "./disk.ts"
import { exactJson, parseJsonObject } from "./json.ts"
import { findPackage } from "./package.ts"

/** By what and where a run was made. */
export interface RunInfo {
  /** Version of this package. */
  readonly version: string
  readonly node: string
  /** Commit of this package's checkout, with "-dirty" when files differ from it; null outside a checkout. */
  readonly git: string | null
  /** For instance "linux x64". */
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  /** The device that computes, as the program names it. */
  readonly device: string
  readonly seed: number
  /** When, ISO 8601. */
  readonly started: string
}

export interface NewRun {
  /** The resolved configuration; plain JSON. */
  readonly config: object
  readonly device: string
  readonly seed: number
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

/** Where the parts of the run in this folder are, or would be. */
export function runFiles(dir: string): RunFiles {
  return { dir, config: join(dir, "config.json"), info: join(dir, "run.json"), metrics: join(dir, "metrics.jsonl") }
}

/**
 * Makes a folder a run; a UserError when it holds one already, or parts of one. Two processes cannot both
 * succeed.
 */
export function createRun(dir: string, { config, device, seed }: NewRun, disk: Disk = nodeDisk): RunFiles {
  const files = runFiles(dir)
  const configText = `${exactJson(config, "config", 2)}\n`
  const info: RunInfo = { ...describeProgram(), device, seed, started: new Date().toISOString() }
  const taken = () =>
    new UserError(
      `${dir} holds a run already, expected a new folder; continue it with --resume ${dir}, or use another --out`,
    )
  try {
    makeFolder(dir, disk)
    const parts = /^(config\.json|metrics\.jsonl|checkpoint-\d+\.safetensors)$/u
    if (disk.readdirSync(dir).some((name) => parts.test(name))) throw taken()
    const encode = (text: string) => new TextEncoder().encode(text)
    writeAtomically(files.config, encode(configText), { disk, exclusive: true })
    try {
      writeAtomically(files.info, encode(`${exactJson(info, "run", 2)}\n`), { disk })
    } catch (error) {
      removeIfThere(files.config, disk) // not half a run
      throw error
    }
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      // mkdir says EEXIST too, where the path itself is a file.
      if (fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory() === false)
        throw new UserError(`cannot create the run ${dir}: there is a file of that name; use another --out`)
      throw taken()
    }
    throw diskError("create the run", dir, error)
  }
  return files
}

/**
 * A folder and those above it. Node's own recursive mkdir never ends where a parent refuses with ENOENT, as
 * /proc does.
 */
function makeFolder(dir: string, disk: Disk): void {
  try {
    disk.mkdirSync(dir)
  } catch (error) {
    const isThere = codeOf(error) === "EEXIST" && fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory()
    if (isThere) return
    if (codeOf(error) !== "ENOENT" || dirname(dir) === dir) throw error
    makeFolder(dirname(dir), disk)
    disk.mkdirSync(dir)
  }
}

/**
 * Reads what a run says about itself; a UserError when the folder is no run, or damaged. A kill can leave
 * `info` empty.
 */
export function readRun(dir: string, disk: Disk = nodeDisk): RunRecord {
  const files = runFiles(dir)
  const config = readObject(files.config, disk)
  if (config === undefined)
    throw new UserError(
      `${dir} is no run: got no config.json in it, expected a folder that training wrote; check the path`,
    )
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

/** Versions and machine, as run.json keeps them. */
function describeProgram(): Omit<RunInfo, "device" | "seed" | "started"> {
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
 * Only a checkout of this package counts: installed in another project, git would tell that project's
 * revision.
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
