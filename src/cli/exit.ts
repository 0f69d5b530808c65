// How a program of ours ends: errors become one sentence and an exit code. 0 ok, 1 failed, 2 wrong usage, 130
// and 143 on signals.

import { CommanderError } from "commander"
import { UserError } from "../core/errors.ts"
import { TrainingFailed } from "../training/events.ts"
import { exitAtOnce, exitOnSignals } from "./interrupt.ts"
import { flushed, say, watchPipes } from "./output.ts"

/** Ends the process with what the action returns, or with the code of its error. */
export async function exitWith(action: () => Promise<number>): Promise<never> {
  watchPipes()
  exitOnSignals()
  const code = await codeOf(action)
  if (code > 128) exitAtOnce(code)
  await flushed()
  process.exit(code)
}

/** What the action returns, or the code of its error, which is told. */
export async function codeOf(action: () => Promise<number>): Promise<number> {
  try {
    return await action()
  } catch (error) {
    return report(error)
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    say(error.message.replace(/^error: /u, "").replace(/\n/gu, " "))
    return 2
  }
  if (error instanceof UserError) {
    say(error.message)
    return 2
  }
  if (error instanceof TrainingFailed) {
    say(`training failed: ${error.message}`)
    return 1
  }
  say(`this should not have happened: ${error instanceof Error ? error.message : String(error)}`)
  if (process.env.DEBUG) say(error instanceof Error ? (error.stack ?? "") : "")
  else say("set DEBUG=1 to see where")
  return 1
}
