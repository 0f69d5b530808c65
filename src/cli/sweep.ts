// `sweep` trains many runs in parallel, one per core, each in a process of its own. It can be killed at any
// moment and resumed.

import fs from "node:fs"
import { join } from "node:path"
import { Command } from "commander"
import { spaces } from "../../recipes/sweeps/index.ts"
import { createBackend } from "../backends/index.ts"
import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { readMetrics } from "../runs/metrics.ts"
import { loadModelOf, modelNamed } from "../runs/model-module.ts"
import { runFiles } from "../runs/run-folder.ts"
import { merged } from "../schema/index.ts"
import { type Curve, reportOf } from "../sweep/report.ts"
import { schedulers } from "../sweep/schedulers.ts"
import { parseSpace, type Space, trialsOf, withSettings } from "../sweep/space.ts"
import { openStore, type Store } from "../sweep/store.ts"
import { findTask } from "../tasks/index.ts"
import { folderPart } from "../tasks/multitask.ts"
import { configFields, longestSize, nameOfModel, resolveConfig, type TrainConfig } from "../training/config.ts"
import { addConfigOptions, namingOptions, withOptions } from "./config-options.ts"
import { deviceHelp } from "./device.ts"
import { exitOnSignals, interruptible } from "./interrupt.ts"
import { printJson, say } from "./output.ts"
import { runPool } from "./sweep-pool.ts"
import { findRecipe, modelOf, usualRecipe } from "./train-config.ts"
import { whole, wholes, workersOf } from "./values.ts"

interface SweepOptions {
  readonly task?: string
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
    .description("train many runs over hyperparameters or seeds; can be killed and resumed")
    .argument("[space]", `what to vary: ${spaces.map(({ name }) => name).join(", ")}, or a JSON file`)
    .option("--task <name>", "task (default: that of the space)")
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
  const base = await baseConfig(space, options)
  const runs = options.runs === undefined ? Number.POSITIVE_INFINITY : whole("--runs", options.runs, 1)
  const trials = trialsOf(space, base).slice(0, runs)
  const longest = longestSize(base)
  const sizes = options.sizes === undefined ? [longest, 2 * longest, 10 * longest] : wholes("--sizes", options.sizes, 1)
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
  })
  const fresh = store.submit(trials)
  if (fresh < trials.length)
    say(`${trials.length - fresh} of these ${trials.length} runs are already in ${dir}, ${fresh} are new`)
  return store
}

/** The space's config with the typed options. The runs of a sweep need an end. */
async function baseConfig(space: Space, options: SweepOptions): Promise<TrainConfig> {
  const named = options.recipe === undefined ? undefined : (await findRecipe(options.recipe)).config
  const task = chosen("task", options.task, space.config.task?.name ?? named?.task?.name)
  if (task === undefined)
    throw new UserError(`--task: the space ${space.name} has no task, expected one, such as --task add`)
  findTask(task) // refuses an unknown task first
  const typed = options.model === undefined ? undefined : modelNamed(options.model)
  loadModelOf(space.config)
  const model = chosen("model", typed, nameOfModel(space.config) ?? (named && modelOf(named)))
  const recipe = named ?? (space.recipe ? usualRecipe(task, model)?.config : undefined) ?? {}
  // the space's config is merged over the recipe, field by field
  const whole = merged<object>(configFields, recipe, {
    ...space.config,
    task: { ...space.config.task, name: task },
    ...(model === undefined ? {} : { model: { ...space.config.model, name: model } }),
  })
  const shared = withSettings(resolveConfig(whole), space.set ?? {}, `the space ${space.name}`)
  const config = namingOptions(options, () => resolveConfig(withOptions(shared, options)))
  if (config.steps === null)
    throw new UserError(`--steps: the space ${space.name} has no limit of steps, expected one, such as --steps 2000`)
  return config
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
    return parseSpace(nameOrFile, fs.readFileSync(nameOrFile, "utf8"))
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
  fs.mkdirSync(join(store.dir, "plots"), { recursive: true })
  for (const [name, svg] of plots) fs.writeFileSync(join(store.dir, "plots", name), svg)
  return [
    ["report.md", markdown],
    ["report.html", html],
  ].map(([name, text]) => {
    const file = join(store.dir, name)
    fs.writeFileSync(file, text)
    return file
  })
}

function curveOf(dir: string): Curve {
  const { metrics } = runFiles(dir)
  if (!fs.existsSync(metrics)) return []
  let size = 0
  return readMetrics(metrics).flatMap((row): Curve => {
    if (row.type === "restart") size = 0
    if (row.type !== "step") return []
    size = Math.max(size, Number(row.size))
    return [[Number(row.step), size]]
  })
}
