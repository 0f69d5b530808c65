// Checkpoints: all that a run needs to resume bit for bit, in one safetensors file that any library can read.
// A kill at any moment leaves the newest complete checkpoint loadable. A save writes to a temporary file,
// syncs it, reads it back, renames it, syncs the folder, and only then removes all but the last two. A digest
// of the whole content detects damage.

import { createHash } from "node:crypto"
import { basename, join } from "node:path"
import { UserError } from "../core/errors.ts"
import { decodeSafetensors, encodeSafetensors, SafetensorsError, type Tensor } from "../formats/safetensors.ts"
import { type Disk, diskError, nodeDisk, orDiskError, removeIfThere, removeLeftovers, writeAtomically } from "./disk.ts"
import {
  checkDigest,
  checkKind,
  checkpointContent,
  checkpointFile,
  checkpointFormat,
  checkpointKind,
  checkpointVersion,
  keptFile,
} from "./file-formats.ts"
import { exactJson, parseJsonObject } from "./json.ts"

const checkpointsKept = 2
const checkpointName = /^checkpoint-(\d{8,})\.safetensors$/u
const written = /^(((checkpoint|kept)-\d{8,}|best)\.safetensors|config\.json|run\.json|metrics\.jsonl)$/u

export interface Checkpoint {
  /** Training steps done. */
  readonly step: number
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Everything else: curriculum, random streams, optimizer scalars; plain JSON. */
  readonly state: object
}

/** A loaded checkpoint. The reader has to check the fields of its state. */
export interface LoadedCheckpoint extends Checkpoint {
  readonly state: Record<string, unknown>
}

export interface Latest {
  readonly latest: { readonly file: string; readonly checkpoint: LoadedCheckpoint } | undefined
  /** One sentence for each newer checkpoint that could not be used. */
  readonly skipped: string[]
}

/**
 * Saves a checkpoint in a run's folder. On return it is on the disk, and the last two checkpoints remain.
 * Checkpoints of later steps are removed, because the run has gone back.
 * @returns the path of the file
 * @throws UserError if the disk refuses; older checkpoints then remain
 */
export function saveCheckpoint(dir: string, checkpoint: Checkpoint, disk: Disk = nodeDisk): string {
  const { step } = checkpoint
  const name = checkpointFile(step)
  const file = writeCheckpoint(dir, name, checkpoint, disk)
  try {
    const names = disk.readdirSync(dir)
    const older = names.filter((other) => (stepOf(other) ?? step) < step).sort(newestFirst)
    for (const other of names)
      if (stepOf(other) !== undefined && other !== name && !older.slice(0, checkpointsKept - 1).includes(other))
        removeIfThere(join(dir, other), disk)
  } catch (error) {
    throw diskError(`save ${name} in`, dir, error)
  }
  return file
}

/** Saves a checkpoint that later ones do not remove, and returns its path. */
export const saveKept = (dir: string, checkpoint: Checkpoint, disk: Disk = nodeDisk): string =>
  writeCheckpoint(dir, keptFile(checkpoint.step), checkpoint, disk)

/**
 * Writes a checkpoint under this name, completely or not at all. Removes what an earlier kill left half
 * written.
 * @returns the path of the file
 * @throws UserError if the disk refuses
 */
export function writeCheckpoint(
  dir: string,
  name: string,
  { step, tensors, state }: Checkpoint,
  disk: Disk = nodeDisk,
): string {
  if (!Number.isSafeInteger(step) || step < 0)
    throw new RangeError(`checkpoint: got step ${step}, expected a whole number of at least 0`)
  const bad = firstNonFinite(tensors)
  if (bad !== undefined) throw new RangeError(`checkpoint: got ${bad}, expected finite numbers only`)
  const stateText = exactJson(state, "state")
  const sha256 = digest(step, tensors, stateText)
  const metadata = {
    format: checkpointFormat,
    version: String(checkpointVersion),
    step: String(step),
    state: stateText,
    sha256,
  }
  const bytes = encodeSafetensors(tensors, new Map(Object.entries(metadata)))
  const file = join(dir, name)
  try {
    removeLeftovers(dir, disk.readdirSync(dir), written, disk)
    const verify = (temporary: string) => {
      if (digestOf(temporary, disk) !== sha256)
        throw new UserError(
          `cannot save ${name} in ${dir}: the file reads back damaged; check the disk, or use another one`,
        )
    }
    writeAtomically(file, bytes, { disk, verify })
  } catch (error) {
    throw diskError(`save ${name} in`, dir, error)
  }
  return file
}

/**
 * Loads the checkpoint in a file.
 * @throws UserError that names the file and what is wrong with it
 */
export function loadCheckpoint(file: string, disk: Disk = nodeDisk): LoadedCheckpoint {
  return read(file, disk).checkpoint
}

/**
 * Loads the newest usable checkpoint in a run's folder, and tells why newer ones cannot be used.
 * @throws UserError if the folder cannot be read
 */
export function latestCheckpoint(dir: string, disk: Disk = nodeDisk): Latest {
  const names = orDiskError("read the run in", dir, () => disk.readdirSync(dir))
  const skipped: string[] = []
  for (const name of names.filter((name) => stepOf(name) !== undefined).sort(newestFirst)) {
    const file = join(dir, name)
    try {
      return { latest: { file, checkpoint: loadCheckpoint(file, disk) }, skipped }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      skipped.push(error.message)
    }
  }
  return { latest: undefined, skipped }
}

/** The digest of a usable checkpoint; undefined for any other file. */
function digestOf(file: string, disk: Disk): string | undefined {
  try {
    return read(file, disk).sha256
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

function read(file: string, disk: Disk): { checkpoint: LoadedCheckpoint; sha256: string } {
  const unusable = (reason: string): never => {
    throw new UserError(`${file} cannot be used as a checkpoint: ${reason}`)
  }
  const refuse = (reason: string) => unusable(`${reason}; use an older one`)
  const bytes = orDiskError("read", file, () => disk.readFileSync(file))
  const { tensors, metadata } = decodeFile(bytes, refuse)
  const field = (name: string) => metadata.get(name) ?? refuse(`got no ${name}, expected one`)
  checkKind(checkpointKind, metadata, unusable)
  const step = Number(field("step"))
  if (!Number.isSafeInteger(step) || step < 0 || String(step) !== field("step"))
    refuse(`step: got ${JSON.stringify(field("step").slice(0, 40))}, expected a whole number`)
  const named = stepOf(basename(file))
  if (named !== undefined && named !== step) refuse(`step: got ${step}, expected ${named} as in its name`)
  const sha256 = digest(step, tensors, field("state"))
  field("sha256")
  checkDigest(metadata, sha256, refuse)
  const bad = firstNonFinite(tensors)
  if (bad !== undefined) refuse(`got ${bad}, expected finite numbers only`)
  const state = parseJsonObject(field("state")) ?? refuse("state: expected a JSON object")
  return { checkpoint: { step, tensors, state }, sha256 }
}

/** The tensors and metadata of a file. `refuse` throws the reason if it is damaged. */
export function decodeFile(bytes: Uint8Array, refuse: (reason: string) => never) {
  try {
    return decodeSafetensors(bytes)
  } catch (error) {
    if (error instanceof SafetensorsError) return refuse(error.message)
    throw error
  }
}

const digest = (step: number, tensors: ReadonlyMap<string, Tensor>, stateText: string): string => {
  const sha = createHash("sha256")
  for (const part of checkpointContent(step, tensors, stateText)) sha.update(part)
  return sha.digest("hex")
}

/** The position of the first NaN or infinity, if there is one. */
function firstNonFinite(tensors: ReadonlyMap<string, Tensor>): string | undefined {
  for (const [name, { data }] of tensors) {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) continue
    const at = data.findIndex((value) => !Number.isFinite(value))
    if (at >= 0) return `${data[at]} at place ${at} of tensor ${JSON.stringify(name)}`
  }
  return undefined
}

function stepOf(name: string): number | undefined {
  const digits = checkpointName.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function newestFirst(a: string, b: string): number {
  return (stepOf(b) ?? 0) - (stepOf(a) ?? 0)
}
