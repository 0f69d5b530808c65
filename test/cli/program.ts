// The real program in a process of its own, as a user starts it.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"

const bin = fileURLToPath(new URL("../../bin/neural-gpu.mjs", import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  /** Resolves when stdout and stderr together match; rejects when the program ends first. */
  until(pattern: RegExp): Promise<void>
}

export interface Surroundings {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Runs the program below a shell command such as "ulimit -f 8". */
  readonly after?: string
}

export function start(args: readonly string[], { cwd, env = {}, stdin = "", after }: Surroundings): Started {
  const own = { ...process.env, NO_COLOR: "1", ...env }
  const command = [process.execPath, bin, ...args]
  const child = after
    ? spawn("/bin/sh", ["-c", `${after} && exec "$@"`, "sh", ...command], { cwd, env: own })
    : spawn(command[0], command.slice(1), { cwd, env: own })
  let stdout = ""
  let stderr = ""
  const watchers = new Set<() => void>()
  const seen = () => watchers.forEach((look) => look())
  child.stdout.on("data", (data) => (stdout += data) && seen())
  child.stderr.on("data", (data) => (stderr += data) && seen())
  child.stdin.on("error", () => {}) // it may end without reading
  child.stdin.end(stdin)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return {
    child,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(stdout + stderr)) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
        void ended.then(() => reject(new Error(`it ended before ${pattern}: ${stdout}${stderr}`)))
      }),
  }
}

export const run = (args: readonly string[], surroundings: Surroundings): Promise<Ended> =>
  start(args, surroundings).ended

/** A model so small that a step takes a millisecond, on the device that is everywhere. */
export const tiny = [
  "--maps",
  "6",
  "--train-sizes",
  "1-2,3-4",
  "--goal-size",
  "8",
  "--goal-samples",
  "16",
  "--device",
  "wasm",
]
export const single = ["--workers", "1"]

/** What the program said as JSON lines. */
export const jsonLines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))

/** The one sentence with which the program refuses what it was given. */
export function refusal({ code, stdout, stderr }: Ended): string {
  expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }, stderr).toEqual({
    code: 2,
    stdout: "",
    lines: 1,
  })
  return stderr.trimEnd()
}

/** The digest of a file. */
export const digest = (...path: string[]): string =>
  createHash("sha256")
    .update(fs.readFileSync(join(...path)))
    .digest("hex")
