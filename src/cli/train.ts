// `train` learns a task, saves checkpoints, and ends by itself. It also resumes runs.

import { existsSync } from "node:fs"
import { join } from "node:path"
import { Command } from "commander"
import type { Backend } from "../backends/backend.ts"
import { UserError } from "../core/errors.ts"
import { bestName } from "../runs/best.ts"
import { type Latest, latestCheckpoint } from "../runs/checkpoint.ts"
import { lockRun, RunInUse } from "../runs/lock.ts"
import { truncateMetrics } from "../runs/metrics.ts"
import { changedModule } from "../runs/model-module.ts"
import { memoryBytes } from "../runs/open.ts"
import { readTask, storableTask } from "../runs/own-task.ts"
import { createRun, type RunFiles, readRun } from "../runs/run-folder.ts"
import type { FoundTask } from "../tasks/index.ts"
import { folderPart } from "../tasks/multitask.ts"
import { longestSize, type TrainConfig } from "../training/config.ts"
import type { Snapshot, TrainState } from "../training/events.ts"
import { requireTrainingFits } from "../training/memory.ts"
import { checkState } from "../training/state.ts"
import { addConfigOptions } from "./config-options.ts"
import { deviceHelp, openDevice } from "./device.ts"
import { dryRunLines, dryRunOf } from "./dry-run.ts"
import { bitsText } from "./eval.ts"
import { exitOnSignals, type Interrupt, interruptible } from "./interrupt.ts"
import { grouped, isTerminal, onLostOutput, percent, print, printJson, say } from "./output.ts"
import { addOwnTaskOptions, type OwnTaskOptions, ownTaskOf, ownTaskOptions } from "./own-task.ts"
import { jsonReporter, liveReporter, plainReporter, quietReporter } from "./reporters.ts"
import { type Outcome, type Reporter, runSession, STEPS_PER_ROW } from "./session.ts"
import { newConfig, resumedConfig } from "./train-config.ts"
import { clock, seconds, whole, workersOf } from "./values.ts"

/** Default time between checkpoints. */
export const SAVE_EVERY = "30s"

export interface TrainOptions extends OwnTaskOptions {
  readonly time?: string
  readonly device?: string
  readonly workers?: string
  readonly out?: string
  readonly json?: boolean
  readonly resume?: string
  readonly recipe?: string
  readonly saveEvery: string
  readonly logEvery?: string
  readonly quiet?: boolean
  readonly dryRun?: boolean
  readonly keepEvery?: string
  readonly [config: string]: unknown
}

export function trainCommand(): Command {
  const command = new Command("train")
    .argument("[task]", "task to learn, or several in one model: copy,reverse (list: neural-gpu tasks)")
    .option("--resume <run>", "resume a run, bit for bit")
    .option("--recipe <name>", "name or file of a recipe (default: the recipe named like the task)")
    .option("--out <folder>", "folder of the run (default: runs/<task>-<seed>)")
    .option("--time <time>", "time limit, such as 90s, 5m or 2h")
    .option("--device <name>", deviceHelp)
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--save-every <time>", "time between checkpoints", SAVE_EVERY)
    .option("--keep-every <n>", "keep every n-th step's checkpoint for good, for an ensemble")
    .option("--log-every <n>", "steps between rows of metrics.jsonl", String(STEPS_PER_ROW))
    .option("--quiet", "print only how training ended, and errors")
    .option("--json", "print events as JSON lines on stdout")
    .option("--counterexamples <file>", "train on the wrong questions that attack --out wrote, too")
    .option("--config <file>", "start from a config in a JSON file, such as config.json of another run")
    .option("--dry-run", "print what would be trained, how large and how fast it is, and exit")
    .option("--print-config", "print the complete config as JSON and exit")
    .addHelpText(
      "after",
      "\nDefaults depend on the model and the recipe; this command shows them:\n  neural-gpu train add --print-config",
    )
  addOwnTaskOptions(command)
  addConfigOptions(command)
  command.action(async (task: string | undefined, options: TrainOptions) => {
    process.exitCode = (await trainRun(task, options)).exitCode
  })
  return command
}

function reporterFor({ json, quiet }: TrainOptions, dir: string, longest: number): Reporter {
  if (json) return jsonReporter(dir)
  if (quiet) return quietReporter()
  return isTerminal(process.stderr) ? liveReporter(longest) : plainReporter()
}

/** A run that is ready to train: everything is checked, nothing is trained yet. */
interface Prepared {
  readonly config: TrainConfig
  readonly backend: Backend
  readonly files: RunFiles
  readonly from: Snapshot | undefined
  /** A task of the user's own with its examples. */
  readonly task: FoundTask | undefined
  /** Messages for the user before training. */
  readonly notes: readonly string[]
  /** Why there is nothing left to do, if so. */
  readonly over?: string
}

export interface TrainResult {
  readonly exitCode: number
  readonly dir: string
  readonly outcome: Outcome | undefined
}

/** Trains with these options. Returns the folder, how the training ended, and the exit code. */
export async function trainRun(task: string | undefined, options: TrainOptions): Promise<TrainResult> {
  if (options.printConfig === true) return printConfig(task, options)
  if (options.dryRun === true) return dryRun(task, options)
  const time = options.time === undefined ? undefined : seconds("--time", options.time)
  const saveEvery = seconds("--save-every", options.saveEvery)
  const keepEvery = options.keepEvery === undefined ? undefined : whole("--keep-every", options.keepEvery, 1)
  const logEvery = whole("--log-every", options.logEvery ?? String(STEPS_PER_ROW), 1)
  const prepared = await (options.resume === undefined
    ? prepareNew(task, options)
    : prepareResumed(options.resume, task, options))
  const { config, backend, files, from, task: own, notes, over } = prepared
  const { dir } = files
  if (!options.quiet) for (const note of notes) say(note)
  if (over !== undefined) {
    say(over)
    if (options.json) printJson({ type: "end", reason: "over", step: from?.step, run: dir })
    return { exitCode: 0, dir, outcome: undefined }
  }
  const longest = longestSize(config)
  const reporter = reporterFor(options, dir, longest)
  const interrupt = interruptible((signal) =>
    reporter.note(`${signal}: ending after this step; a second signal ends at once`),
  )
  onLostOutput(interrupt.lost)
  reporter.note(`training ${config.task.name} on ${backend.name} (${backend.description}), saving in ${dir}`)
  let outcome: Outcome
  try {
    outcome = await runSession({
      config,
      task: own,
      backend,
      files,
      from,
      time,
      saveEvery,
      keepEvery,
      logEvery,
      interrupt,
      reporter,
    })
  } finally {
    reporter.close()
    exitOnSignals()
    onLostOutput()
  }
  const { reason, step, seconds: took } = outcome
  if (options.json)
    printJson({
      type: "end",
      reason: interrupt.came ?? reason,
      step,
      seconds: Math.round(took * 1000) / 1000,
      run: dir,
    })
  if (interrupt.came !== "pipe") say(conclusion(config, dir, outcome))
  return { exitCode: exitCodeOf(outcome, interrupt), dir, outcome }
}

function exitCodeOf({ reason, saved }: Outcome, interrupt: Interrupt): number {
  if (reason === "interrupted") return interrupt.exitCode
  return saved ? 0 : 1
}

/** Prints the config of a new run as JSON. */
async function printConfig(task: string | undefined, options: TrainOptions): Promise<TrainResult> {
  print(JSON.stringify(await newConfig(task, options, (await ownTaskOf(options))?.own), null, 2))
  return { exitCode: 0, dir: "", outcome: undefined }
}

/** Prints what would be trained, and trains nothing. */
async function dryRun(task: string | undefined, options: TrainOptions): Promise<TrainResult> {
  if (options.resume !== undefined) throw new UserError("--dry-run: got --resume as well, expected only one of them")
  const given = await ownTaskOf(options)
  const config = await newConfig(task, options, given?.own)
  const { backend, notes } = await openDevice(options.device ?? "auto", workersOf(options.workers))
  for (const note of [...notes, ...(given?.own.notes ?? [])]) say(note)
  const row = await dryRunOf(config, backend, given?.own.found)
  if (options.json) printJson(row)
  else dryRunLines(row).forEach(print)
  return { exitCode: 0, dir: "", outcome: undefined }
}

async function prepareNew(task: string | undefined, options: TrainOptions): Promise<Prepared> {
  const given = await ownTaskOf(options)
  const config = await newConfig(task, options, given?.own)
  const { backend, notes } = await openDevice(options.device ?? "auto", workersOf(options.workers))
  requireTrainingFits(config, backend, memoryBytes(), given?.own.found)
  const stored = given && storableTask(given.own, given.module)
  const run = { config, device: backend.name, seed: config.seed, task: stored }
  const files = options.out === undefined ? createDefaultRun(config, run) : createRun(options.out, run)
  holdLock(files.dir, options)
  return {
    config,
    backend,
    files,
    from: undefined,
    task: given?.own.found,
    notes: [...notes, ...(given?.own.notes ?? [])],
  }
}

/** Creates runs/<task>-<seed>, or the first of -2, -3, … that does not exist. */
function createDefaultRun(config: TrainConfig, run: Parameters<typeof createRun>[1]): RunFiles {
  for (let n = 1; ; n++) {
    const dir = join("runs", `${folderPart(config.task.name)}-${config.seed}${n === 1 ? "" : `-${n}`}`)
    if (existsSync(dir)) continue
    return createRun(dir, run)
  }
}

async function prepareResumed(dir: string, task: string | undefined, options: TrainOptions): Promise<Prepared> {
  if (options.out !== undefined) throw new UserError("--out: a resumed run stays in its folder; leave --out out")
  const { files, config: stored, info } = readRun(dir)
  const given = Object.keys(ownTaskOptions(options))[0]
  if (given !== undefined) throw new UserError(`${given}: a resumed run has its own task; leave ${given} out`)
  const config = resumedConfig(dir, stored, task, options)
  const { vocabulary } = config.task
  const found = vocabulary === null ? undefined : readTask(dir, info.task, { ...config.task, vocabulary }).found
  const own = typeof info.device === "string" ? info.device : undefined
  const { backend, notes } = await openDevice(options.device ?? own ?? "auto", workersOf(options.workers))
  if (own === undefined)
    notes.push(`${files.info} does not tell the device of the run; on ${backend.name} it may not continue bit for bit`)
  else if (backend.name !== own)
    notes.push(`the run was trained on ${own}; on ${backend.name} it does not continue bit for bit`)
  requireTrainingFits(config, backend, memoryBytes(), found)
  holdLock(dir, options)
  const { latest, skipped } = latestCheckpoint(dir)
  notes.push(...changedModule(config, info), ...skipped)
  if (latest === undefined && skipped.length > 0)
    throw new UserError(`${dir} cannot be resumed: none of its checkpoints can be used (${skipped[0]})`)
  if (latest === undefined) notes.push(`${dir} has no checkpoint yet; it starts from step 0`)
  const from = latest && snapshotOf(latest, config)
  const over = from && whyOver(dir, config, from.state)
  if (over === undefined) truncateMetrics(files.metrics, from?.step ?? -1)
  return { config, backend, files, from, task: found, notes, ...(over === undefined ? {} : { over }) }
}

function snapshotOf({ file, checkpoint }: NonNullable<Latest["latest"]>, config: TrainConfig): Snapshot {
  const { step, state } = checkpoint
  try {
    checkState(config, step, state)
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${file} cannot be used as a checkpoint: ${error.message}`)
    throw error
  }
  return { step, state, tensors: checkpoint.tensors as Snapshot["tensors"] } // the trainer checks their kind
}

function whyOver(dir: string, config: TrainConfig, { step, goal }: TrainState): string | undefined {
  if (goal.streak >= config.goal.times) return `the run in ${dir} is done: it generalized at step ${grouped(step)}`
  if (config.steps !== null && step >= config.steps)
    return `the run in ${dir} is done: it is at step ${grouped(step)} of ${grouped(config.steps)}; use a larger --steps, counted from its start, to continue`
  return undefined
}

/** With --json, a run in use is also reported as data, so that a program can wait for it. */
function holdLock(dir: string, { json }: TrainOptions): void {
  try {
    process.on("exit", lockRun(dir))
  } catch (error) {
    if (json && error instanceof RunInUse)
      printJson({ type: "error", code: error.code, message: error.message, run: dir })
    throw error
  }
}

function conclusion(config: TrainConfig, dir: string, outcome: Outcome): string {
  const { reason, step, seconds: took, last, size, saved } = outcome
  const goOn = `npx neural-gpu train --resume ${dir}`
  if (!saved) {
    const where = existsSync(dir) ? `earlier checkpoints are in ${dir}` : `the folder ${dir} is gone`
    return `step ${grouped(step)} could not be saved; ${where}`
  }
  if (step === 0) return `stopped before the first step; continue with: ${goOn}`
  const at = `step ${grouped(step)} (${clock(took)})`
  if (reason === "generalizes")
    return `${at}: it generalizes: all correct at size ${config.goal.size}, ${config.goal.times} in a row; saved in ${dir}`
  const reached = last ? `, size ${size}, ${percent(last.symbol, 1)} of symbols correct in the last batch` : ""
  const limit =
    reason === "interrupted" ? "interrupted" : reason === "time" ? "time limit reached" : "step limit reached"
  const more = reason === "steps" ? `${goOn} --steps ${2 * step}` : goOn
  return `${limit} at ${at}${reached}; saved in ${dir}, continue with: ${more}${bestKept(config, dir, outcome)}`
}

/** Tells where the weights of the best evaluation are, if they are not the last ones. */
function bestKept({ goal }: TrainConfig, dir: string, { best, step }: Outcome): string {
  if (best === undefined || best.step === step) return ""
  const { right, samples, bits } = best
  const how = bits === undefined ? `${grouped(right)} of ${grouped(samples)} correct` : bitsText(bits)
  return `; best at size ${goal.size}: ${how} at step ${grouped(best.step)}, kept in ${join(dir, bestName)}`
}
