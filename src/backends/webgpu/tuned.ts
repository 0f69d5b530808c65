// Tuned settings, stored per adapter in the user's cache folder. A file that is unreadable or lacks this
// adapter is ignored.

import { readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { cacheFolder, makeFolder } from "#private-folder"
import { UserError } from "../../core/errors.ts"
import type { Tuned } from "./settings.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** @throws UserError if the user has no folder for it */
export function tunedFile(env: Environment): string {
  const folder = cacheFolder(env)
  if (folder === undefined) throw new UserError("tuned settings: the home folder is not known; set XDG_CACHE_HOME")
  return join(folder, "webgpu.json")
}

const isTuned = (x: unknown): x is Tuned => {
  const { mode, registers, size, lanes, subgroups, matrices } = (x ?? {}) as Partial<Record<keyof Tuned, unknown>>
  const flags = [subgroups, matrices].every((flag) => flag === undefined || typeof flag === "boolean")
  const whole = [registers, size, lanes].every((n) => Number.isInteger(n) && (n as number) > 0)
  return (mode === "deep" || mode === "wide") && whole && flags && [1, 2, 4, 8, 16].includes(lanes as number)
}

function readAll(env: Environment): Record<string, unknown> {
  try {
    const all = JSON.parse(readFileSync(tunedFile(env), "utf8"))
    return typeof all === "object" && all !== null ? all : {}
  } catch {
    return {}
  }
}

const entry = (key: string, half: boolean) => (half ? `${key} half` : key)

/** The settings for an adapter key; webgpu-half has separate ones. */
export function readTuned(env: Environment, key: string, half = false): Tuned | undefined {
  const found = readAll(env)[entry(key, half)]
  return isTuned(found) ? found : undefined
}

export function writeTuned(env: Environment, key: string, settings: Tuned, half = false): void {
  makeFolder(dirname(tunedFile(env)))
  writeFileSync(tunedFile(env), `${JSON.stringify({ ...readAll(env), [entry(key, half)]: settings }, undefined, 2)}\n`)
}
