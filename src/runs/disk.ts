// How a run writes to the disk. A file appears whole or not at all, is synced before the caller continues,
// and a failure is one sentence. Every call goes through a `Disk`, so that tests can make any of them fail.

import fs from "node:fs"
import { constants } from "node:os"
import { basename, dirname, join } from "node:path"
import { UserError } from "../core/errors.ts"

/** The functions of node:fs that a run uses. */
export type Disk = Pick<
  typeof fs,
  | "closeSync"
  | "copyFileSync"
  | "fstatSync"
  | "fsyncSync"
  | "ftruncateSync"
  | "linkSync"
  | "mkdirSync"
  | "openSync"
  | "readdirSync"
  | "readFileSync"
  | "readSync"
  | "renameSync"
  | "unlinkSync"
  | "writeSync"
>

/** The real disk. */
export const nodeDisk: Disk = fs

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space, or use a folder on another disk",
  EDQUOT: "the disk quota is used up; free some space, or use a folder on another disk",
  ESTALE: "the network disk no longer knows this file; check the mount, or use a folder on another disk",
  EUCLEAN: "the file system is damaged; check it, or use a folder on another disk",
  EROFS: "the file system is read-only; use a folder that can be written",
  EACCES: "permission is denied; change the permissions, or use another folder",
  EPERM: "the operation is not permitted; change the permissions, or use another folder",
  ENOTDIR: "a part of the path is a file, not a folder; use another path",
  EISDIR: "there is a folder where a file is expected; move it, or use another path",
  ENOENT: "there is no such file or folder; check the path",
  EIO: "the disk reports an error; check it, or use a folder on another disk",
  EFBIG: "the file would be larger than allowed; raise the limit (ulimit -f), or use a folder on another disk",
  EMFILE: "too many files are open; close some programs, or raise the limit (ulimit -n)",
  ENAMETOOLONG: "the path is too long; use a shorter one",
}

/** Names by number, for errors that Node has no name for: it calls EDQUOT "UNKNOWN". */
const names = new Map(
  Object.entries({ ...(process.platform === "linux" ? { EUCLEAN: 117 } : {}), ...constants.errno }).map(
    ([name, number]) => [number, name],
  ),
)

/** The code of an operating system error, such as "ENOSPC"; undefined for other errors. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && "errno" in error && typeof error.errno === "number")) return undefined
  const code = "code" in error ? String(error.code) : ""
  return /^E[A-Z0-9]+$/u.test(code) ? code : (names.get(-error.errno) ?? `error ${-error.errno}`)
}

/** Turns an operating system error into a UserError. Other errors are returned unchanged. */
export function diskError(action: string, path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === undefined) return error
  const reason = reasons[code] ?? "the operating system refuses it; use another folder"
  return new UserError(`cannot ${action} ${path}: ${code}, ${reason}`, { cause: error })
}

/** Runs `action` and turns operating system errors into UserErrors. */
export function orDiskError<T>(what: string, path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw diskError(what, path, error)
  }
}

/** Writes all bytes at this position of an open file. A single write may write only some of them. */
export function writeAll(fd: number, bytes: Uint8Array, position: number, disk: Disk): void {
  for (let at = 0; at < bytes.length; ) at += disk.writeSync(fd, bytes, at, bytes.length - at, position + at)
}

export interface AtomicOptions {
  readonly disk: Disk
  /** Checks the complete temporary file. If it throws, the file never appears. */
  readonly verify?: (temporary: string) => void
  /** Fail with EEXIST if the file already exists, instead of replacing it. */
  readonly exclusive?: boolean
}

/** The name of a file until it is complete. */
export const temporaryName = (name: string) => `.${name}.${process.pid}.tmp`

/** Removes temporary files that a kill left in a folder, if they would have become one of `ours`. */
export function removeLeftovers(dir: string, names: readonly string[], ours: RegExp, disk: Disk): void {
  for (const name of names) {
    const [, file] = /^\.(.+)\.\d+\.tmp$/u.exec(name) ?? []
    if (file !== undefined && ours.test(file)) removeIfThere(join(dir, name), disk)
  }
}

/**
 * Writes a file atomically: after a crash there is either the old one or the new one. Failures leave nothing
 * behind.
 */
export function writeAtomically(file: string, bytes: Uint8Array, { disk, verify, exclusive }: AtomicOptions): void {
  const dir = dirname(file)
  const temporary = join(dir, temporaryName(basename(file)))
  try {
    const fd = disk.openSync(temporary, "w")
    try {
      writeAll(fd, bytes, 0, disk)
      disk.fsyncSync(fd)
    } finally {
      disk.closeSync(fd)
    }
    verify?.(temporary)
    if (exclusive) {
      publishNew(temporary, file, disk)
      disk.unlinkSync(temporary)
    } else disk.renameSync(temporary, file)
    syncFolder(dir, disk)
  } catch (error) {
    removeIfThere(temporary, disk)
    throw error
  }
}

/**
 * Gives a complete file a second name, which must be new (else EEXIST). Whoever sees the name sees the whole
 * file.
 */
export function publishNew(from: string, to: string, disk: Disk): void {
  try {
    disk.linkSync(from, to)
  } catch (error) {
    // File systems without hard links (FAT, some shared folders): still only one process can win, but readers
    // may see the copy grow.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error) ?? "")) throw error
    disk.copyFileSync(from, to, fs.constants.COPYFILE_EXCL)
  }
}

/**
 * Creates a folder and its parents. Node's recursive mkdir never ends if a parent fails with ENOENT, as /proc
 * does.
 */
export function makeFolder(dir: string, disk: Disk): void {
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

/** Makes new, renamed and removed names in this folder survive a power failure. */
export function syncFolder(dir: string, disk: Disk): void {
  if (process.platform === "win32") return // folders cannot be opened there
  const fd = disk.openSync(dir, "r")
  try {
    disk.fsyncSync(fd)
  } finally {
    disk.closeSync(fd)
  }
}

/** Removes a file if possible. It may be gone already. */
export function removeIfThere(file: string, disk: Disk): void {
  try {
    disk.unlinkSync(file)
  } catch (error) {
    if (codeOf(error) === undefined) throw error
  }
}
