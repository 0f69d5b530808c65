// The command line: one command per file.

import completion from "@bomb.sh/tab/commander"
import { Command } from "commander"
import { packageVersion } from "../runs/package.ts"
import { attackCommand } from "./attack.ts"
import { benchCommand } from "./bench.ts"
import { devicesCommand } from "./devices.ts"
import { evalCommand } from "./eval.ts"
import { exitCodeOf, exitWith } from "./exit.ts"
import { modelsCommand } from "./models.ts"
import { playCommand } from "./play.ts"
import { runCommand } from "./run.ts"
import { infoCommand, lsCommand, metricsCommand } from "./runs.ts"
import { sweepCommand } from "./sweep.ts"
import { tasksCommand } from "./tasks.ts"
import { traceCommand } from "./trace.ts"
import { trainCommand } from "./train.ts"

export const commands = [
  trainCommand,
  sweepCommand,
  evalCommand,
  attackCommand,
  runCommand,
  traceCommand,
  lsCommand,
  infoCommand,
  metricsCommand,
  playCommand,
  tasksCommand,
  modelsCommand,
  devicesCommand,
  benchCommand,
]

/** Runs one command line and ends the process. `args`: the words after the program's name. */
export async function main(args: readonly string[]): Promise<void> {
  await exitWith(() => runCommandLine(args))
}

/**
 * Runs one command line in this process and returns its exit code. Commands that wait for signals replace the
 * process's own handlers.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  return await exitCodeOf(async () => {
    const program = new Command("neural-gpu")
      .description("The Neural GPU: learns algorithms from examples.")
      .version(packageVersion(), "-v, --version")
      .showSuggestionAfterError()
      .addHelpText("after", "\nTo begin:  neural-gpu train add\nThen ask:  neural-gpu run runs/add-1 1011+110")
    for (const command of commands) program.addCommand(command())
    for (const command of [program, ...program.commands]) strict(command)
    if (args.length === 0) {
      program.outputHelp()
      return 0
    }
    completion(program)
    await program.parseAsync(args[0] === "-V" ? ["--version"] : [...args], { from: "user" })
    return Number(process.exitCode ?? 0)
  })
}

/** Turns commander's errors into ours. Help and version still end the program with 0. */
function strict(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {} })
}
