// How a program of this package ends: an error becomes one sentence and an exit code. 0 is success, 1
// failure, 2 wrong usage, and 130 and 143 are signals.

import { CommanderError } from "commander"
import { oneSentence, UserError } from "../core/errors.ts"
import { codeOf } from "../runs/disk.ts"
import { TrainingFailed } from "../training/events.ts"
import { exitAtOnce, exitOnSignals } from "./interrupt.ts"
import { flushed, isUnwritable, say, watchOutput } from "./output.ts"

/** Ends the process with the code that the action returns, or with that of its error. */
export async function exitWith(action: () => Promise<number>): Promise<never> {
  watchOutput()
  exitOnSignals()
  const code = await exitCodeOf(action)
  if (code > 128) exitAtOnce(code)
  await flushed()
  process.exit(isUnwritable() ? 1 : code)
}

/** The code that the action returns, or that of its error, which is printed. */
export async function exitCodeOf(action: () => Promise<number>): Promise<number> {
  try {
    return await action()
  } catch (error) {
    return report(error)
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    say(oneSentence(error.message.replace(/^error: /u, "")))
    return 2
  }
  if (error instanceof UserError) {
    say(error.message)
    return 2
  }
  if (error instanceof TrainingFailed) {
    say(oneSentence(`training failed: ${error.message}`))
    return 1
  }
  if (codeOf(error) !== undefined) {
    say(oneSentence(`the operating system refuses: ${(error as Error).message}`))
    return 1
  }
  say(`internal error: ${error instanceof Error ? error.message : String(error)}`)
  if (process.env.DEBUG) say(error instanceof Error ? (error.stack ?? "") : "")
  else say("set DEBUG=1 to see the stack trace")
  return 1
}
