// Runs the real program in a process of its own, as a user starts it, or in the test's process where that is
// equivalent.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"
import { runCommandLine } from "../../src/cli/index.ts"

export const bin = fileURLToPath(new URL("../../bin/neural-gpu.mjs", import.meta.url))

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
  child.stdin.on("error", () => {}) // it may end before it reads
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

/**
 * Runs a command line in this process, which saves half a second. For commands that end before a signal or a
 * broken pipe could matter.
 */
export async function runHere(args: readonly string[], { cwd, env = {} }: Surroundings): Promise<Ended> {
  const { stdout, stderr } = process
  const [before, ...writes] = [process.cwd(), stdout.write, stderr.write]
  const own = { NO_COLOR: "1", ...env }
  const environment = Object.keys(own).map((name) => [name, process.env[name]] as const)
  const said = { stdout: "", stderr: "" }
  process.chdir(cwd)
  Object.assign(process.env, own)
  stdout.write = (text) => Boolean((said.stdout += text))
  stderr.write = (text) => Boolean((said.stderr += text))
  try {
    const code = await runCommandLine(args)
    return { code, signal: null, ...said }
  } finally {
    ;[stdout.write, stderr.write] = writes
    process.exitCode = undefined
    for (const [name, value] of environment)
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    process.chdir(before)
  }
}

/** A model so small that a step takes a millisecond, on a device that exists everywhere. */
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

/** The JSON lines that the program printed. */
export const jsonLines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))

/** The one sentence with which the program refused its input. */
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
