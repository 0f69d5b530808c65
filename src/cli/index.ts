// The command line: one command a file, errors become one sentence and an exit code.
// 0 ok, 1 failed, 2 wrong usage, 130 and 143 on signals.

import { Command, CommanderError } from "commander"
import { UserError } from "../core/errors.ts"
import { packageVersion } from "../runs/package.ts"
import { TrainingFailed } from "../training/events.ts"
import { benchCommand } from "./bench.ts"
import { devicesCommand } from "./devices.ts"
import { evalCommand } from "./eval.ts"
import { exitOnSignals } from "./interrupt.ts"
import { modelsCommand } from "./models.ts"
import { say, watchPipes } from "./output.ts"
import { runCommand } from "./run.ts"
import { tasksCommand } from "./tasks.ts"
import { trainCommand } from "./train.ts"

const commands = [trainCommand, evalCommand, runCommand, tasksCommand, modelsCommand, devicesCommand, benchCommand]

/** Runs one command line and ends the process. `args`: what follows the program's name. */
export async function main(args: readonly string[]): Promise<void> {
  await exitWith(async () => {
    const program = new Command("neural-gpu")
      .description("Learns algorithms from examples: the Neural GPU.")
      .version(packageVersion())
      .showSuggestionAfterError()
      .addHelpText("after", "\nBegin with:  neural-gpu train add   then:  neural-gpu run runs/add-1 1011+110")
    for (const command of commands) program.addCommand(command())
    for (const command of [program, ...program.commands]) strict(command)
    if (args.length === 0) {
      program.outputHelp()
      return 0
    }
    await program.parseAsync([...args], { from: "user" })
    return Number(process.exitCode ?? 0)
  })
}

/** Commander's own complaints become errors that we print; help and version still end the program with 0. */
function strict(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {} })
}

/** Ends the process with what the action returns, or with the code of its error. */
export async function exitWith(action: () => Promise<number>): Promise<never> {
  watchPipes()
  exitOnSignals()
  let code: number
  try {
    code = await action()
  } catch (error) {
    code = report(error)
  }
  process.exit(code)
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
