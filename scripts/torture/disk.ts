// Kills and errors at single disk calls, through a library that is loaded into the program (disk-faults.c).

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { begin, goOn, run, straight, whyDifferent, whyIllSpoken, whyUnloadable } from "./program.ts"
import { type Attempt, atOnce, LANES, type Promised } from "./promise.ts"

const STEPS = 10
const source = fileURLToPath(new URL("./disk-faults.c", import.meta.url))

const whyNot = () => {
  if (process.platform !== "linux") return "only Linux loads the library that injects faults"
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" })
    return undefined
  } catch {
    return "there is no C compiler for the library that injects faults"
  }
}

function compiled(folder: string): string {
  const library = join(folder, "disk-faults.so")
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
  return library
}

/** The number of disk calls of a training from its beginning to its end. */
async function callsOf(folder: string, library: string): Promise<number> {
  const dir = fs.mkdtempSync(join(folder, "count-"))
  const count = join(dir, "count")
  await run(begin(STEPS), dir, { LD_PRELOAD: library, FAULT_PATH: join(dir, "r"), FAULT_COUNT: count })
  return fs.statSync(count).size
}

interface Fault {
  readonly at: number
  /** 0: the process is killed. */
  readonly error: number
  readonly lasts: boolean
}

/** Begins a training with a fault, then goes on without one. */
async function tryFault({ folder, tried, fail }: Attempt, library: string, { at, error, lasts }: Fault): Promise<void> {
  const dir = fs.mkdtempSync(join(folder, "fault-"))
  const complain = (what: string) => fail(`call ${at}, error ${error}${lasts ? ", lasting" : ""}: ${what} (${dir})`)
  const faults = { FAULT_AT: String(at), FAULT_ERRNO: String(error), FAULT_LASTS: lasts ? "1" : "0" }
  const disturbed = await run(begin(STEPS), dir, { LD_PRELOAD: library, FAULT_PATH: join(dir, "r"), ...faults })
  tried()
  const wrong = whyIllSpoken(disturbed.stderr) ?? whyUnloadable(dir)
  if (wrong !== undefined) return complain(wrong)
  if (error !== 0 && ![0, 1, 2].includes(disturbed.code ?? -1))
    return complain(`it ends with ${disturbed.code ?? disturbed.signal}`)
  const isRun = fs.existsSync(join(dir, "r", "config.json"))
  if (!isRun) fs.rmSync(join(dir, "r"), { recursive: true, force: true })
  const { code, stderr } = await run(isRun ? goOn(STEPS) : begin(STEPS), dir)
  if (code !== 0) return complain(`it does not go on, and ends with ${code}: ${stderr}`)
  const told = lasts && disturbed.stderr.includes("metrics.jsonl")
  const different = await whyDifferent(folder, dir, STEPS, told)
  if (different !== undefined) return complain(different)
  fs.rmSync(dir, { recursive: true })
}

async function tryAll(attempt: Attempt, faults: (calls: number) => Fault[]): Promise<void> {
  const library = compiled(attempt.folder)
  await straight(attempt.folder, STEPS)
  const left = faults(await callsOf(attempt.folder, library))
  await atOnce(LANES, () => {
    const fault = left.shift()
    return fault && (() => tryFault(attempt, library, fault))
  })
}

/** `n` numbers from 1 to `last`, spread evenly; all of them if there are no more. */
function spread(n: number, last: number): number[] {
  const some = Math.min(n, last)
  return Array.from({ length: some }, (_, i) => 1 + Math.round((i * (last - 1)) / Math.max(1, some - 1)))
}

export const diskKills: Promised = {
  name: "disk-kills",
  promise: "After kill -9 before any disk call the run loads, goes on, and ends with the same bits, rows and files.",
  how: "a tiny training, killed before its 1st, 2nd, … last disk call",
  tries: 1000,
  whyNot,
  run: (attempt) =>
    tryAll(attempt, (calls) => spread(attempt.tries, calls).map((at) => ({ at, error: 0, lasts: false }))),
}

/** What disks, quotas, network disks and limits report, and a number that nobody knows. */
const errors = [...["EIO", "ENOSPC", "EDQUOT", "ESTALE", "EROFS", "EACCES", "EMFILE", "EFBIG"].map(numberOf), 117, 4095]
function numberOf(name: string): number {
  return constants.errno[name as keyof typeof constants.errno]
}

export const diskErrors: Promised = {
  name: "disk-errors",
  promise:
    "Whatever error the disk reports at any call, once or for good, the program goes on or ends with one sentence; later it goes on with the same bits.",
  how: "EIO, ENOSPC, EDQUOT, ESTALE, EROFS, EACCES, EMFILE, EFBIG, EUCLEAN and an unknown error at disk calls of a tiny training",
  tries: 240,
  whyNot,
  run: (attempt) =>
    tryAll(attempt, (calls) => {
      const all = errors.flatMap((error) => [false, true].map((lasts) => ({ error, lasts })))
      const places = spread(Math.ceil(attempt.tries / all.length), calls)
      return places.flatMap((at) => all.map((kind) => ({ at, ...kind }))).slice(0, attempt.tries)
    }),
}
