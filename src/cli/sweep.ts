// `sweep` trains many runs in parallel, one per core, each in a process of its own. It can be killed at any
// moment and resumed.

import fs from "node:fs"
import { join } from "node:path"
import { Command } from "commander"
import { modelOf, ownTaskConfig, usualRecipe } from "../../recipes/index.ts"
import { spaces } from "../../recipes/sweeps/index.ts"
import { createBackend } from "../backends/index.ts"
import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { makeFolder, nodeDisk, orDiskError } from "../runs/disk.ts"
import { readUsableMetrics } from "../runs/metrics.ts"
import { loadModelOf, modelNamed } from "../runs/model-module.ts"
import { isModuleFile } from "../runs/module-file.ts"
import { storableTask, writeTask } from "../runs/own-task.ts"
import { runFiles } from "../runs/run-folder.ts"
import { merged } from "../schema/index.ts"
import { type Curve, reportOf } from "../sweep/report.ts"
import { schedulers } from "../sweep/schedulers.ts"
import { parseSpace, type Space, trialsOf, withSettings } from "../sweep/space.ts"
import { openStore, type Store } from "../sweep/store.ts"
import { findTask, type OwnTask } from "../tasks/index.ts"
import { folderPart } from "../tasks/multitask.ts"
import { configFields, longestSize, nameOfModel, resolveConfig, type TrainConfig } from "../training/config.ts"
import { addConfigOptions, namingOptions, withOptions } from "./config-options.ts"
import { deviceHelp } from "./device.ts"
import { exitOnSignals, interruptible } from "./interrupt.ts"
import { printJson, say } from "./output.ts"
import { addOwnTaskOptions, type OwnTaskOptions, ownTaskOf } from "./own-task.ts"
import { runPool } from "./sweep-pool.ts"
import { findRecipe } from "./train-config.ts"
import { whole, wholes, workersOf } from "./values.ts"

interface SweepOptions extends OwnTaskOptions {
  readonly recipe?: string
  readonly model?: string
  readonly out?: string
  readonly resume?: string
  readonly workers?: string
  readonly runs?: string
  readonly seeds?: string
  readonly scheduler: string
  readonly sizes?: string
  readonly samples: string
  readonly device: string
  readonly json?: boolean
  readonly [config: string]: unknown
}

export function sweepCommand(): Command {
  const command = new Command("sweep")
    .argument("[space]", `what to vary: ${spaces.map(({ name }) => name).join(", ")}, or a JSON file`)
    .option("--recipe <name>", "name or file of the recipe that the space varies")
    .option("--out <folder>", "folder of the sweep (default: sweeps/<space>-<task>)")
    .option("--resume <folder>", "continue the sweep in this folder")
    .option("--workers <n>", "number of parallel runs (default: all threads of the machine)")
    .option("--runs <n>", "train only the first n runs of the space")
    .option("--seeds <n>", "runs per point (default: that of the space)")
    .option("--scheduler <name>", `${Object.keys(schedulers).join(" or ")}: how runs get their steps`, "all")
    .option(
      "--sizes <list>",
      "sizes at which finished runs are evaluated (default: 1, 2 and 10 times the longest trained size)",
    )
    .option("--samples <n>", "random examples per size", "64")
    .option("--device <name>", deviceHelp, "auto")
    .option("--json", "print events as JSON lines on stdout")
  addOwnTaskOptions(command, "task, or a .ts or .js file that exports one (default: that of the space)")
  addConfigOptions(command)
  command.action(async (space: string | undefined, options: SweepOptions) => {
    process.exitCode = await sweep(space, options)
  })
  return command
}

async function sweep(name: string | undefined, options: SweepOptions): Promise<number> {
  const workers = workersOf(options.workers)
  const store = options.resume === undefined ? await submitted(name, options) : resumed(name, options.resume)
  const release = () => store.close()
  process.on("exit", release)
  for (const note of store.notes) say(note)
  const total = store.trials().length
  say(`${store.info.name}: ${total} runs of ${store.info.task} in ${store.dir}, ${workers} at once`)
  const interrupt = interruptible((signal) =>
    say(`${signal}: saving the runs before the end; a second signal ends at once`),
  )
  const outcome = await runPool(store, workers, interrupt, options.json === true)
  exitOnSignals()
  const files = writeReport(store)
  const results = store.trials().filter(({ result }) => result !== undefined).length
  if (options.json) printJson({ type: "end", results, trials: total, report: files })
  if (outcome === "interrupted") {
    say(`${results} of ${total} runs have a result; continue with: npx neural-gpu sweep --resume ${store.dir}`)
    return interrupt.exitCode
  }
  say(`${results} of ${total} runs have a result: ${files.join(" and ")}`)
  return 0
}

function resumed(name: string | undefined, dir: string): Store {
  if (name !== undefined) throw new UserError("--resume: got a space, expected none; leave the space out")
  return openStore(dir)
}

/** Checks everything before it touches the folder. */
async function submitted(name: string | undefined, options: SweepOptions): Promise<Store> {
  if (name === undefined)
    throw new UserError(`sweep: got no space, expected one of ${spaces.map((s) => s.name).join(", ")} or a JSON file`)
  if (!Object.hasOwn(schedulers, options.scheduler))
    throw new UserError(
      `--scheduler: got ${JSON.stringify(options.scheduler)}, expected ${Object.keys(schedulers).join(" or ")}`,
    )
  const found = findSpace(name)
  const space = options.seeds === undefined ? found : { ...found, seeds: whole("--seeds", options.seeds, 1, 100_000) }
  const { task, ...others } = options
  const given = await ownTaskOf(task !== undefined && isModuleFile(task) ? options : others)
  const base = await baseConfig(space, options, given?.own)
  const runs = options.runs === undefined ? Number.POSITIVE_INFINITY : whole("--runs", options.runs, 1)
  const all = trialsOf(space, base)
  const trials = all.slice(0, runs)
  if (options.runs !== undefined && runs > all.length)
    say(`--runs: got ${runs}, but the space ${space.name} has only ${all.length} runs`)
  const longest = longestSize(base)
  const usual = given?.own.pairs ? testLengths(given.own) : [longest, 2 * longest, 10 * longest]
  const sizes = options.sizes === undefined ? usual : wholes("--sizes", options.sizes, 1)
  const stored = given && storableTask(given.own, given.module)
  const { backend } = await createBackend(options.device, { workers: 1, env: process.env, ownThread: true })
  const dir = options.out ?? join("sweeps", `${space.name}-${folderPart(base.task.name)}`)
  const store = openStore(dir, {
    name: space.name,
    about: space.about,
    task: base.task.name,
    scheduler: options.scheduler,
    sizes,
    samples: whole("--samples", options.samples, 1),
    device: backend.name,
    source: stored?.source ?? null,
  })
  if (stored) writeTask(dir, stored)
  const fresh = store.submit(trials)
  if (fresh < trials.length)
    say(`${trials.length - fresh} of these ${trials.length} runs are already in ${dir}, ${fresh} are new`)
  return store
}

/** The space's config with the typed options. The runs of a sweep need an end. */
async function baseConfig(space: Space, options: SweepOptions, own: OwnTask | undefined): Promise<TrainConfig> {
  const named = options.recipe === undefined ? undefined : (await findRecipe(options.recipe)).config
  const spaceTask = space.config.task?.name ?? named?.task?.name
  const task = chosen("task", own?.spec.name ?? options.task, spaceTask)
  if (task === undefined)
    throw new UserError(
      `--task: the space ${space.name} has no task, expected one, such as --task add (your own: --data pairs.tsv)`,
    )
  if (own === undefined) findTask(task) // refuses an unknown task first
  const typed = options.model === undefined ? undefined : modelNamed(options.model)
  loadModelOf(space.config)
  const model = chosen("model", typed, nameOfModel(space.config) ?? (named && modelOf(named)))
  const usual = own ? ownTaskConfig(own, model) : space.recipe ? usualRecipe(task, model)?.config : undefined
  const recipe = named ?? usual ?? {}
  // the space's config is merged over the recipe, field by field
  const whole = merged<object>(configFields, recipe, {
    ...space.config,
    task: own?.spec ?? { ...space.config.task, name: task },
    ...(model === undefined ? {} : { model: { ...space.config.model, name: model } }),
  })
  const begun = resolveConfig(whole, own?.found)
  const shared = withSettings(begun, space.set ?? {}, `the space ${space.name}`)
  const config = namingOptions(options, () => resolveConfig(withOptions(shared, options), own?.found))
  if (config.steps === null)
    throw new UserError(`--steps: the space ${space.name} has no limit of steps, expected one, such as --steps 2000`)
  return config
}

/** Lengths at which the runs of a task from pairs are compared: the shortest, the middle and the longest test. */
function testLengths({ found }: OwnTask): number[] {
  const lengths = [...(found.task.pairs?.testSizes.keys() ?? [])]
  return [...new Set([lengths[0], lengths[lengths.length >> 1], lengths[lengths.length - 1]])]
}

/** A typed name or the space's own. Refuses names that contradict each other. */
function chosen(what: "task" | "model", typed: string | undefined, own: string | undefined): string | undefined {
  if (typed !== undefined && own !== undefined && own !== typed)
    throw new UserError(
      `--${what}: got ${JSON.stringify(typed)}, but the space or its recipe has the ${what} ${own}; leave --${what} out`,
    )
  return typed ?? own
}

function findSpace(nameOrFile: string): Space {
  const known = spaces.find(({ name }) => name === nameOrFile)
  if (known) return known
  if (nameOrFile.endsWith(".json") && fs.existsSync(nameOrFile))
    return parseSpace(
      nameOrFile,
      orDiskError("read", nameOrFile, () => fs.readFileSync(nameOrFile, "utf8")),
    )
  const names = spaces.map(({ name }) => name)
  const hint = didYouMean(nameOrFile, names)
  throw new UserError(
    `got the space ${JSON.stringify(nameOrFile)}, expected one of ${names.join(", ")} or an existing .json file${hint}`,
  )
}

/** Writes report.md with its plots, and report.html, into the sweep's folder. */
function writeReport(store: Store): string[] {
  const trials = store.trials()
  const curves = new Map(trials.map(({ id, dir }): [string, Curve] => [id, curveOf(dir)]))
  const { markdown, html, plots } = reportOf(store.info, trials, curves)
  const write = (file: string, text: string) => orDiskError("write", file, () => fs.writeFileSync(file, text))
  orDiskError("write the report in", store.dir, () => makeFolder(join(store.dir, "plots"), nodeDisk))
  for (const [name, svg] of plots) write(join(store.dir, "plots", name), svg)
  return [
    ["report.md", markdown],
    ["report.html", html],
  ].map(([name, text]) => {
    const file = join(store.dir, name)
    write(file, text)
    return file
  })
}

/** A curve that cannot be read is left out: a report of the others is worth more than none. */
function usable(metrics: string): ReturnType<typeof readUsableMetrics> {
  try {
    return readUsableMetrics(metrics)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    say(error.message)
    return { rows: [], damaged: 0 }
  }
}

function curveOf(dir: string): Curve {
  const { metrics } = runFiles(dir)
  let size = 0
  const { rows, damaged } = usable(metrics)
  if (damaged > 0)
    say(`${metrics}: ${damaged} of ${rows.length + damaged} lines are damaged and left out of the report`)
  return rows.flatMap((row): Curve => {
    if (row.type === "restart") size = 0
    if (row.type !== "step" || typeof row.size !== "number" || typeof row.step !== "number") return []
    size = Math.max(size, row.size)
    return [[row.step, size]]
  })
}
