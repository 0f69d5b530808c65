// A lock allows one process per run; two of them would mix two histories. It is a file that names its holder.
// It is created by link(), which is atomic and refuses existing names, so nobody sees half of it. A dead
// holder's lock is replaced under a guard: a second lock, named after the dead lock's id. Ids are never
// reused, so a slower process finds another id and starts again. A dead holder's guard is replaced in the
// same way.

import { randomUUID } from "node:crypto"
import fs from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { UserError } from "../core/errors.ts"
import { codeOf, type Disk, nodeDisk, orDiskError, publishNew, removeIfThere, writeAll } from "./disk.ts"
import { parseJsonObject } from "./json.ts"

/** Another process uses the run. It may release it soon. */
export class RunInUse extends UserError {
  readonly code = "in-use"
}

/** The process that holds a lock. */
interface Holder {
  readonly pid: number
  /**
   * Start time of the process, in clock ticks since boot; "" if the system does not tell. It detects a reused
   * pid.
   */
  readonly started: string
  readonly host: string
  readonly id: string
}

/**
 * Takes the lock of a run's folder.
 * @returns a function that releases it
 * @throws RunInUse that names the process that holds it
 */
export function lockRun(dir: string, disk: Disk = nodeDisk): () => void {
  const me: Holder = {
    pid: process.pid,
    started: processState(process.pid)?.started ?? "",
    host: hostname(),
    id: randomUUID(),
  }
  const lock = join(dir, "lock")
  const mine = join(dir, `.lock.${me.pid}.${me.id}.tmp`)
  const other = orDiskError("lock the run in", dir, () => {
    try {
      const fd = disk.openSync(mine, "wx")
      try {
        writeAll(fd, new TextEncoder().encode(JSON.stringify(me)), 0, disk)
      } finally {
        disk.closeSync(fd)
      }
      return take(lock, mine, disk)
    } finally {
      removeIfThere(mine, disk)
    }
  })
  if (other !== undefined) throw new RunInUse(refusal(dir, lock, other))
  removeLitter(dir, disk)
  return () => release(lock, me, disk)
}

/** Gives the lock back, if possible: a process that ends cannot do anything else about it. */
function release(lock: string, { id }: Holder, disk: Disk): void {
  try {
    if (readHolder(lock, disk)?.id === id) removeIfThere(lock, disk)
  } catch (error) {
    if (codeOf(error) === undefined) throw error
  }
}

/** How often a lock may be released while we try to take it. More often, it is none: a link to nothing. */
const TRIES = 1000

/**
 * Gives the file `mine` the name `path`, which only one living process can hold. Returns the holder if it is
 * another one.
 */
function take(path: string, mine: string, disk: Disk): Holder | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      publishNew(mine, path, disk)
      return undefined
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error
    }
    const holder = readHolder(path, disk)
    if (holder === undefined) continue // released just now
    if (mayBeAlive(holder)) return holder
    const guard = `${path}.${holder.id}`
    const other = take(guard, mine, disk)
    if (other !== undefined) return other
    // While we hold the guard, nobody else replaces a lock with this id. Somebody may have done so before.
    if (readHolder(path, disk)?.id === holder.id) {
      disk.renameSync(guard, path)
      return undefined
    }
    removeIfThere(guard, disk)
  }
  throw new UserError(`${path} is there but cannot be read, expected a lock; if no process uses the run, delete it`)
}

function readHolder(path: string, disk: Disk): Holder | undefined {
  let text = ""
  try {
    text = disk.readFileSync(path, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
  const { pid, started, host, id } = parseJsonObject(text) ?? {}
  if (typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0 && typeof host === "string")
    if (typeof started === "string" && typeof id === "string" && /^[0-9a-f-]{1,64}$/u.test(id))
      return { pid, started, host, id }
  if (!/^[\0{]|^$/u.test(text))
    throw new UserError(`${path} is no lock of this program; move it, or use another folder`)
  // A power failure can leave an empty file, or a part of one; no living process does.
  return { pid: 0, started: "", host: hostname(), id: "unreadable" }
}

function mayBeAlive({ pid, started, host }: Holder): boolean {
  if (host !== hostname()) return true // this machine cannot tell
  if (pid === 0 || !exists(pid)) return false
  const state = processState(pid)
  if (state === undefined) return true // no /proc here: the pid must suffice
  return !state.ended && (started === "" || state.started === started)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== "ESRCH" // EPERM: it exists and belongs to another user
  }
}

/**
 * Reads /proc/<pid>/stat. Field 3 is the state (Z and X have ended) and field 22 the start time. Field 2, the
 * name, may contain anything.
 */
function processState(pid: number): { started: string; ended: boolean } | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return { started: fields[22 - 3], ended: fields[0] === "Z" || fields[0] === "X" }
  } catch {
    return undefined
  }
}

function refusal(dir: string, lock: string, { pid, host }: Holder): string {
  if (host !== hostname())
    return `the run in ${dir} is in use by process ${pid} on the machine ${host}; if that process no longer runs, delete ${lock}`
  return `the run in ${dir} is in use by process ${pid}; stop that process, or use another folder`
}

/** Removes the files of processes that were killed while they waited for the lock. */
function removeLitter(dir: string, disk: Disk): void {
  try {
    for (const name of disk.readdirSync(dir)) {
      const pid = /^\.lock\.(\d+)\.[0-9a-f-]+\.tmp$/u.exec(name)?.[1]
      if (pid !== undefined && !exists(Number(pid))) removeIfThere(join(dir, name), disk)
    }
  } catch (error) {
    if (codeOf(error) === undefined) throw error
  }
}
