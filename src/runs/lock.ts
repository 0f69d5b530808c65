// One run, one process: a second one that trained into the same folder would mix two histories.
// The lock is a file that says who holds it. It appears by link(), which is atomic and refuses a name that
// exists, so nobody ever sees half of it. A lock whose holder is dead is taken over under a guard, a second
// lock named after the id of the dead one: ids never come back, so whoever was too slow finds another id in
// the lock and starts again. A dead guard is taken over likewise.

import { randomUUID } from "node:crypto"
import fs from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { UserError } from "../core/errors.ts"
import { codeOf, type Disk, nodeDisk, orDiskError, publishNew, removeIfThere, writeAll } from "./disk.ts"
import { parseJsonObject } from "./json.ts"

/** Another process has the run. It may give it back soon. */
export class RunInUse extends UserError {
  readonly code = "in-use"
}

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  /**
   * When the process started, in ticks since the machine did: tells a reused pid. "" where the system does
   * not say.
   */
  readonly started: string
  readonly host: string
  readonly id: string
}

/**
 * Takes the lock of a run's folder and returns the function that gives it back; a RunInUse error names the
 * process that has it.
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
  return () => {
    if (readHolder(lock, disk)?.id === me.id) removeIfThere(lock, disk)
  }
}

/**
 * Gives the file `mine` the name `path`, which only one living process can have at a time; returns the one
 * that has it, if any.
 */
function take(path: string, mine: string, disk: Disk): Holder | undefined {
  for (;;) {
    try {
      publishNew(mine, path, disk)
      return undefined
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error
    }
    const holder = readHolder(path, disk)
    if (holder === undefined) continue // given back just now
    if (mayBeAlive(holder)) return holder
    const guard = `${path}.${holder.id}`
    const other = take(guard, mine, disk)
    if (other !== undefined) return other
    // While the guard is ours nobody else replaces a lock with this id; only an earlier taker may have done
    // it before.
    if (readHolder(path, disk)?.id === holder.id) {
      disk.renameSync(guard, path)
      return undefined
    }
    removeIfThere(guard, disk)
  }
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
  // A power failure can leave an empty file; no living process does.
  return { pid: 0, started: "", host: hostname(), id: "unreadable" }
}

function mayBeAlive({ pid, started, host }: Holder): boolean {
  if (host !== hostname()) return true // cannot be known from here
  if (pid === 0 || !exists(pid)) return false
  const state = processState(pid)
  if (state === undefined) return true // no /proc here: the pid has to do
  return !state.ended && (started === "" || state.started === started)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== "ESRCH" // EPERM: it is there, and somebody else's
  }
}

/**
 * From /proc/<pid>/stat: field 3 is the state (Z and X have ended), field 22 the start time; field 2, the
 * name, may hold anything.
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
    return `the run in ${dir} is in use by process ${pid} on the machine ${host}, which cannot be asked from here; if it no longer runs, delete ${lock}`
  return `the run in ${dir} is in use by process ${pid}, expected it free; stop that process, or use another folder`
}

/** Removes what processes that were killed while they asked for the lock left behind. */
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
