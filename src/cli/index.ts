// The command line: one command per file.

import completion from "@bomb.sh/tab/commander"
import { Command } from "commander"
import { packageVersion } from "../runs/package.ts"
import { exitCodeOf, exitWith } from "./exit.ts"

interface LazyCommand {
  readonly name: string
  readonly about: string
  readonly load: () => Promise<() => Command>
}

/** Help needs only names and sentences. A command's code is loaded when it is called, so help is fast. */
export const commands: readonly LazyCommand[] = [
  {
    name: "train",
    about: "train a model on a task until it generalizes; checkpoints are saved meanwhile",
    load: async () => (await import("./train.ts")).trainCommand,
  },
  {
    name: "sweep",
    about: "train many runs over hyperparameters or seeds; can be killed and resumed",
    load: async () => (await import("./sweep.ts")).sweepCommand,
  },
  {
    name: "eval",
    about: "measure how often a trained model is right, by size",
    load: async () => (await import("./eval.ts")).evalCommand,
  },
  {
    name: "attack",
    about: "search for questions that a trained model, or any program, answers wrongly",
    load: async () => (await import("./attack.ts")).attackCommand,
  },
  {
    name: "run",
    about: "ask a trained model a question; wrong symbols are marked",
    load: async () => (await import("./run.ts")).runCommand,
  },
  {
    name: "trace",
    about: "show the state of a model over time, as a picture or as numbers",
    load: async () => (await import("./trace.ts")).traceCommand,
  },
  { name: "ls", about: "list the runs in a folder", load: async () => (await import("./runs.ts")).lsCommand },
  {
    name: "info",
    about: "describe a run: task, model, machine, progress",
    load: async () => (await import("./runs.ts")).infoCommand,
  },
  {
    name: "metrics",
    about: "print the metrics of a run's steps as CSV",
    load: async () => (await import("./runs.ts")).metricsCommand,
  },
  {
    name: "play",
    about: "open the playground in a browser: watch a model compute, damage it, train one",
    load: async () => (await import("./play.ts")).playCommand,
  },
  {
    name: "tasks",
    about: "list the tasks that can be learned",
    load: async () => (await import("./tasks.ts")).tasksCommand,
  },
  {
    name: "models",
    about: "list model families (for train --model) and trained models (for eval, run, trace)",
    load: async () => (await import("./models.ts")).modelsCommand,
  },
  {
    name: "devices",
    about: "list the devices that can compute here",
    load: async () => (await import("./devices.ts")).devicesCommand,
  },
  {
    name: "bench",
    about: "measure how fast this machine trains, in a few seconds",
    load: async () => (await import("./bench.ts")).benchCommand,
  },
]

/** The whole command, with its options. */
export const loadCommand = async ({ about, load }: LazyCommand): Promise<Command> => (await load())().description(about)

/** The command in the program's help, or the whole command where these words call it or ask for its options. */
function commandFor(command: LazyCommand, [first, second]: readonly string[]): Command | Promise<Command> {
  const called = first === "help" ? second : first
  if (called === command.name || called === "complete") return loadCommand(command)
  return new Command(command.name).description(command.about)
}

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
    for (const command of commands) program.addCommand(await commandFor(command, args))
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
