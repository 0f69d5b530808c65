// The command line: one command a file.

import { Command } from "commander"
import { packageVersion } from "../runs/package.ts"
import { benchCommand } from "./bench.ts"
import { devicesCommand } from "./devices.ts"
import { evalCommand } from "./eval.ts"
import { codeOf, exitWith } from "./exit.ts"
import { modelsCommand } from "./models.ts"
import { playCommand } from "./play.ts"
import { runCommand } from "./run.ts"
import { sweepCommand } from "./sweep.ts"
import { tasksCommand } from "./tasks.ts"
import { traceCommand } from "./trace.ts"
import { trainCommand } from "./train.ts"

export const commands = [
  trainCommand,
  sweepCommand,
  evalCommand,
  runCommand,
  traceCommand,
  playCommand,
  tasksCommand,
  modelsCommand,
  devicesCommand,
  benchCommand,
]

/** Runs one command line and ends the process. `args`: what follows the program's name. */
export async function main(args: readonly string[]): Promise<void> {
  await exitWith(() => runCommandLine(args))
}

/** Runs one command line in this process and returns its exit code. A command that waits for signals takes over the process's own. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  return await codeOf(async () => {
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
