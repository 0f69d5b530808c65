// Kills and signals at random moments of a training.

import fs from "node:fs"
import { join } from "node:path"
import { begin, goOn, start, straight, whyDifferent, whyIllSpoken, whyUnloadable } from "./program.ts"
import { type Attempt, atOnce, LANES, type Promised, pick } from "./promise.ts"

const STEPS = 300
/** A training starts in some hundred milliseconds, and these are moments before and after. */
const LATEST_MS = 900

/**
 * Starts a training again and again and disturbs it, until it is done; then it must be as if nothing had
 * happened. Then begins anew.
 */
async function disturb(
  attempt: Attempt,
  act: (started: ReturnType<typeof start>) => Promise<string | undefined>,
): Promise<void> {
  await straight(attempt.folder, STEPS)
  let left = attempt.tries
  const chain = async () => {
    const dir = fs.mkdtempSync(join(attempt.folder, "chain-"))
    for (let last = false; ; ) {
      const isRun = fs.existsSync(join(dir, "r", "config.json"))
      if (!isRun) fs.rmSync(join(dir, "r"), { recursive: true, force: true })
      const started = start(isRun ? goOn(STEPS) : begin(STEPS), dir)
      if (left > 0) {
        left--
        const wrong = await act(started)
        attempt.tried()
        if (wrong !== undefined) attempt.fail(`${wrong} (${dir})`)
      } else last = true
      const { code, stderr } = await started.ended
      const wrong = whyIllSpoken(stderr) ?? whyUnloadable(dir)
      if (wrong !== undefined) return attempt.fail(`${wrong} (${dir})`)
      if (last && code !== 0) return attempt.fail(`it ends with ${code}: ${stderr} (${dir})`)
      if (code === 0) break
    }
    const wrong = await whyDifferent(attempt.folder, dir, STEPS)
    if (wrong !== undefined) attempt.fail(`${wrong} (${dir})`)
    else fs.rmSync(dir, { recursive: true })
  }
  await atOnce(LANES, () => (left > 0 ? chain : undefined))
}

const moment = ({ random }: Attempt, of = LATEST_MS) =>
  new Promise<void>((resolve) => setTimeout(resolve, random.below(of)))

export const kills: Promised = {
  name: "kills",
  promise: "After kill -9 at any moment the run loads, goes on, and ends with the same bits, rows and files.",
  how: "a tiny training that saves after every step, killed at random moments until it is done, then compared",
  tries: 1000,
  whyNot: () => undefined,
  run: (attempt) =>
    disturb(attempt, async ({ child }) => {
      await moment(attempt)
      child.kill("SIGKILL")
      return undefined
    }),
}

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export const signals: Promised = {
  name: "signals",
  promise:
    "SIGINT, SIGTERM and SIGHUP save the last step and end with 130, 143 or 129; SIGSTOP and SIGCONT change nothing.",
  how: "the same training, a signal at a random moment, half of the time after a stop and a continuation",
  tries: 100,
  whyNot: () => (process.platform === "win32" ? "Windows has no such signals" : undefined),
  run: (attempt) =>
    disturb(attempt, async ({ child, ended }) => {
      await moment(attempt)
      if (attempt.random.below(2) === 0) {
        child.kill("SIGSTOP")
        await moment(attempt, 200)
        child.kill("SIGCONT")
        await moment(attempt, 200)
      }
      const signal = pick(attempt.random, Object.keys(codes) as (keyof typeof codes)[])
      child.kill(signal)
      const { code, signal: died, stderr } = await ended
      // before the program has its handlers, the system ends it
      return code === 0 || code === codes[signal] || died === signal
        ? undefined
        : `${signal} ends it with ${code ?? died}: ${stderr}`
    }),
}
