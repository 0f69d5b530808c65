// Temporary folders, and disks that fail on demand.

import fs from "node:fs"
import { constants, tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, expect } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import type { Disk } from "../../src/runs/disk.ts"

const made: string[] = []
afterEach(() => {
  for (const dir of made.splice(0)) fs.rmSync(dir, { recursive: true, force: true })
})

/** A new empty folder, removed after the test. */
export function newFolder(): string {
  const dir = fs.mkdtempSync(join(tmpdir(), "neural-gpu-runs-"))
  made.push(dir)
  return dir
}

/** An error as Node makes it from an error number of the system: it names neither EDQUOT nor ESTALE. */
export function systemError(code: string, syscall = "write"): Error {
  const errno = -(code === "EUCLEAN" ? 117 : constants.errno[code as keyof typeof constants.errno])
  const named = !["EDQUOT", "ESTALE", "EUCLEAN"].includes(code)
  const name = named ? code : syscall === "write" ? "UNKNOWN" : `Unknown system error ${errno}`
  return Object.assign(new Error(`${name}: injected, ${syscall}`), { errno, code: name, syscall })
}

/** The real disk, where `before` sees each call by number and name, and may throw. */
export function watchedDisk(before: (call: number, name: keyof Disk, args: unknown[]) => void): Disk {
  let calls = 0
  return new Proxy(fs, {
    get(target, name: keyof Disk) {
      const real = target[name] as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        before(calls++, name, args)
        return real(...args)
      }
    },
  }) as Disk
}

/** The real disk, where each write takes half of the bytes and then the device is full. */
export function fullDisk(): Disk {
  let full = false
  const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (full) throw systemError("ENOSPC")
    full = true
    return fs.writeSync(fd, bytes, offset, Math.ceil(length / 2), position)
  }
  return { ...fs, writeSync: writeSync as typeof fs.writeSync }
}

/** All files of a folder with their bytes. */
export function contents(dir: string): Record<string, string> {
  return Object.fromEntries(fs.readdirSync(dir).map((name) => [name, fs.readFileSync(join(dir, name), "base64")]))
}

/** The one sentence of a refusal. */
export function sentence(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).not.toContain("\n")
    return (error as UserError).message
  }
  throw new Error("nothing was refused")
}
