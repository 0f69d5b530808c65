// Runs the real program on a training that is tiny but has everything: checkpoints, metrics, a lock.

import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { latestCheckpoint } from "../../src/runs/checkpoint.ts"
import { readMetrics } from "../../src/runs/metrics.ts"

const bin = fileURLToPath(new URL("../../bin/neural-gpu.mjs", import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

/**
 * Starts the program. A process that lasts longer than `most` milliseconds hangs, and is killed.
 * @param node options of Node
 */
export function start(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
  most = 120_000,
  node: readonly string[] = [],
) {
  const child = spawn(process.execPath, [...node, bin, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  })
  let stderr = ""
  child.stderr.on("data", (data) => (stderr += data))
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    child.kill("SIGKILL")
  }, most)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal: hung ? null : signal, stderr: hung ? `${stderr}\nit hung` : stderr })
    })
  })
  return { child, ended }
}

export const run = (args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ended> =>
  start(args, cwd, env).ended

const options = [
  ...["--maps", "6", "--train-sizes", "1-2,3-4", "--batch-size", "4", "--goal-size", "8", "--goal-samples", "8"],
  ...["--goal-times", "99", "--seed", "3", "--no-restart", "--device", "wasm"],
]
const common = ["--workers", "1", "--save-every", "0.000001"]

/** Arguments that begin a training in the folder r, or go on with it. */
export const begin = (steps: number): string[] => [
  ...["train", "copy", ...options, ...common, "--out", "r", "--steps", String(steps)],
]
export const goOn = (steps: number): string[] => ["train", "--resume", "r", ...common, "--steps", String(steps)]

const digestOf = (file: string) => createHash("sha256").update(fs.readFileSync(file)).digest("hex")
const checkpoint = (dir: string, steps: number) =>
  digestOf(join(dir, "r", `checkpoint-${String(steps).padStart(8, "0")}.safetensors`))

const undisturbed = new Map<number, Promise<string>>()

/** The digest of the last checkpoint of a training that nothing disturbs. */
export function straight(folder: string, steps: number): Promise<string> {
  const known = undisturbed.get(steps)
  if (known) return known
  const dir = fs.mkdtempSync(join(folder, "straight-"))
  const made = run(begin(steps), dir).then(({ code, stderr }) => {
    if (code !== 0) throw new Error(`the training itself fails: ${stderr}`)
    return checkpoint(dir, steps)
  })
  undisturbed.set(steps, made)
  return made
}

/** What is wrong with a run that was just disturbed, whatever step it is at; undefined if nothing is. */
export function whyUnloadable(dir: string): string | undefined {
  const r = join(dir, "r")
  if (!fs.existsSync(join(r, "config.json"))) return undefined // it was not one yet
  const { latest, skipped } = latestCheckpoint(r)
  if (skipped.length > 0) return skipped.join("; ")
  if (latest === undefined && fs.readdirSync(r).some((name) => name.startsWith("checkpoint"))) return "no checkpoint"
  readMetrics(join(r, "metrics.jsonl"))
  return undefined
}

/**
 * What is wrong with a run that has come to its end; undefined if it is as if nothing had disturbed it.
 * @param lostRows it was said that rows of metrics could not be written
 */
export async function whyDifferent(
  folder: string,
  dir: string,
  steps: number,
  lostRows = false,
): Promise<string | undefined> {
  if (checkpoint(dir, steps) !== (await straight(folder, steps))) return "other bits than without the disturbance"
  const rows = readMetrics(join(dir, "r", "metrics.jsonl")).filter((row) => row.type === "step")
  const expected = Array.from({ length: Math.floor(steps / 10) }, (_, i) => 10 * (i + 1))
  if (!lostRows && String(rows.map((row) => row.step)) !== String(expected))
    return `rows of metrics at ${rows.map((r) => r.step)}`
  const litter = fs.readdirSync(join(dir, "r")).filter((name) => name.startsWith(".") || name.startsWith("lock"))
  return litter.length > 0 ? `it leaves ${litter}` : undefined
}

/** What a program said that a user should never read; undefined if its words are fine. */
export function whyIllSpoken(stderr: string): string | undefined {
  const bad = /internal error|^\s+at .*:\d+|it hung|Uncaught|node:internal/mu.exec(stderr)
  if (bad) return `it says: ${stderr.slice(0, 400)}`
  const long = stderr.split("\n").find((line) => line.length > 400)
  return long && `it says a line of ${long.length} characters`
}
