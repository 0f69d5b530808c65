// `attack` searches for questions that a trained model, an ensemble, or any program answers wrongly.

import { accessSync, constants, existsSync } from "node:fs"
import { dirname } from "node:path"
import { Command } from "commander"
import { type Cause, causesOf, withMoreSteps } from "../attack/cause.ts"
import { attack, type Counterexample } from "../attack/search.ts"
import { placesThatMatter } from "../attack/shrink.ts"
import { Tally } from "../attack/tally.ts"
import { modelTarget, type Target } from "../attack/target.ts"
import { UserError } from "../core/errors.ts"
import { nodeDisk, orDiskError, writeAtomically } from "../runs/disk.ts"
import { loadModel } from "../runs/model.ts"
import { openModels } from "../runs/open.ts"
import { createTask, type Task } from "../tasks/index.ts"
import { programTarget } from "./attack-program.ts"
import { attackProgress, printAttack } from "./attack-report.ts"
import { deviceHelp, openDevice } from "./device.ts"
import { ensembleOption } from "./eval.ts"
import { exitOnSignals, type Interrupt, interruptible } from "./interrupt.ts"
import { grouped, say } from "./output.ts"
import { ranges, seconds, whole, workersOf } from "./values.ts"

interface AttackOptions {
  readonly sizes: string
  readonly time?: string
  readonly questions?: string
  readonly seed: string
  readonly json?: boolean
  readonly out?: string
  readonly device?: string
  readonly workers?: string
  readonly ensemble?: readonly string[]
  readonly command?: string
  readonly task?: string
  readonly base?: string
}

export const attackCommand = (): Command =>
  new Command("attack")
    .argument("[run]", "a run's folder, a checkpoint file, or the name of a trained model")
    .option("--sizes <list>", "sizes to attack, such as 20,40 or 1-20", "20,40")
    .option("--time <time>", "time to search, such as 90s, 5m or 2h (default: 60s, or none with --questions)")
    .option("--questions <n>", "end after about this many questions, to get the same result on any machine")
    .option("--seed <n>", "seed of the search", "1")
    .option("--out <file>", "write the wrong questions to a file of JSON lines, for train --counterexamples")
    .addOption(ensembleOption())
    .option("--command <command>", "attack a program instead: it reads a question a line, and writes an answer a line")
    .option("--task <name>", "the task of --command")
    .option("--base <n>", "the base of that task (default: the task's own)")
    .option("--device <name>", `${deviceHelp} (default: auto)`)
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--json", "print one JSON line per family and size, and one for the end")
    .action(async (path: string | undefined, options: AttackOptions) => {
      process.exitCode = await attackAny(path, options)
    })

/** What is attacked, and how to ask it with more steps. */
interface Opened {
  readonly target: Target
  /** Undefined if the target does not choose its steps. */
  causes(wrong: readonly Counterexample[]): Promise<readonly Cause[] | undefined>
  dispose(): Promise<void>
}

/** Returns 0 if nothing wrong was found, 1 if something was. */
async function attackAny(path: string | undefined, options: AttackOptions): Promise<number> {
  const most = options.questions === undefined ? Infinity : whole("--questions", options.questions, 1)
  const time = options.time === undefined && most < Infinity ? Infinity : seconds("--time", options.time ?? "60s")
  const seed = whole("--seed", options.seed, 0, 2 ** 31 - 1)
  if (options.out !== undefined) requireNew(options.out)
  const opened = await (options.command === undefined
    ? openModel(path, options)
    : openProgram(path, options.command, options))
  const interrupt = interruptible((signal) => say(`${signal}: ending; a second signal ends at once`))
  try {
    const sizes = sizesOf(options.sizes, opened.target.task)
    const tally = new Tally()
    const failed = await search(opened.target, tally, { sizes, seed, time, most, interrupt })
    if (tally.asked > 0 || failed === undefined) await conclude(opened, tally, failed ?? interrupt.came, options)
    if (failed !== undefined) throw failed
    return interrupt.came === undefined ? (tally.wrong > 0 ? 1 : 0) : interrupt.exitCode
  } finally {
    exitOnSignals()
    await opened.dispose()
  }
}

/** Tells what was found, and writes it. `cut`: why the search ended early; then nothing more is asked. */
async function conclude(opened: Opened, tally: Tally, cut: unknown, options: AttackOptions): Promise<void> {
  const { smallest, kept } = tally
  const asksMore = cut === undefined && smallest !== undefined
  printAttack(
    tally,
    {
      matters: asksMore ? await placesThatMatter(opened.target, smallest.question) : undefined,
      causes: asksMore ? await opened.causes(kept) : undefined,
    },
    options.json ?? false,
  )
  const { out } = options
  if (out === undefined) return
  const lines = kept.map((found) => `${JSON.stringify(found)}\n`).join("")
  orDiskError("write", out, () => writeAtomically(out, Buffer.from(lines), { disk: nodeDisk, exclusive: true }))
  say(`${grouped(kept.length)} different wrong questions are in ${out}`)
}

/** Refuses a file that exists, or that cannot be written after a long search. */
function requireNew(file: string): void {
  if (existsSync(file)) throw new UserError(`--out: ${file} exists already; delete it, or name another file`)
  orDiskError("write", file, () => accessSync(dirname(file), constants.W_OK))
}

/** Opens a program, which has no device and no steps. */
async function openProgram(path: string | undefined, command: string, options: AttackOptions): Promise<Opened> {
  const { task, base, ensemble, device, workers } = options
  for (const [name, given] of Object.entries({ [`${path}`]: path, ensemble, device, workers }))
    if (given !== undefined)
      throw new UserError(
        `--command: got ${given === path ? name : `--${name}`} as well, which only a model has; leave it out`,
      )
  if (task === undefined)
    throw new UserError("--command: got no --task, expected the task that the program answers, such as --task add")
  const known = createTask(task, base === undefined ? {} : { base: whole("--base", base, 2) })
  return { ...programTarget(command, known), causes: async () => undefined }
}

async function openModel(path: string | undefined, options: AttackOptions): Promise<Opened> {
  const { ensemble = [], device = "auto", task, base } = options
  if (path === undefined)
    throw new UserError("attack: got no model, expected one, such as: neural-gpu attack add; or --command and --task")
  for (const [name, given] of Object.entries({ task, base }))
    if (given !== undefined) throw new UserError(`--${name}: a model has its own; leave it out, or use --command`)
  const models = [path, ...ensemble].map(loadModel)
  const { backend, notes } = await openDevice(device, workersOf(options.workers))
  for (const note of [...models.flatMap((model) => model.notes), ...notes]) say(note)
  const predictor = openModels(models, backend)
  return {
    target: modelTarget(predictor),
    async causes(wrong) {
      if (models.some((model) => withMoreSteps(model, 0) === undefined)) return undefined
      return await causesOf(predictor.task, wrong, (more) => {
        const slower = openModels(
          models.flatMap((model) => withMoreSteps(model, more) ?? []),
          backend,
        )
        return { target: modelTarget(slower), dispose: () => slower.dispose() }
      })
    },
    dispose: () => predictor.dispose(),
  }
}

interface Limits {
  readonly sizes: readonly number[]
  readonly seed: number
  /** In seconds. */
  readonly time: number
  /** Questions. */
  readonly most: number
  readonly interrupt: Interrupt
}

/** Sizes such as 1-20,40. */
function sizesOf(text: string, { name, minSize }: Task): readonly number[] {
  const sizes = ranges("--sizes", text).flatMap(([from, to]) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i),
  )
  if (sizes.length === 0 || sizes.some((size) => size < minSize))
    throw new UserError(
      `--sizes: got ${text}, expected sizes of at least ${minSize}, the smallest of ${name}, such as 10-20,40`,
    )
  return [...new Set(sizes)]
}

/**
 * Searches until time is up, enough is asked, or a signal comes. Returns an error that ended it: what was found
 * before is not lost.
 */
async function search(target: Target, tally: Tally, { sizes, seed, time, most, interrupt }: Limits): Promise<unknown> {
  const progress = attackProgress(time)
  try {
    for await (const event of attack(target, { sizes, seed })) {
      tally.add(event)
      progress.show(tally)
      await new Promise((resolve) => setImmediate(resolve)) // signals come between waves
      if (interrupt.came !== undefined || progress.seconds() >= time || tally.asked >= most) break
    }
    return undefined
  } catch (error) {
    return error
  } finally {
    tally.seconds = Math.round(progress.seconds() * 1000) / 1000
    progress.close()
  }
}
