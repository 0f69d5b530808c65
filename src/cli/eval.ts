// `eval` measures how often a trained model is right, by size.

import { Command, Option } from "commander"
import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { wilson } from "../inference/interval.ts"
import type { AskedPair } from "../inference/pairs.ts"
import type { EvaluationOptions, EvaluationRow, Predictor } from "../inference/predictor.ts"
import { loadModel, type TrainedModel } from "../runs/model.ts"
import { openModels } from "../runs/open.ts"
import { type FoundTask, findTask, split } from "../tasks/index.ts"
import { deviceHelp, openDevice } from "./device.ts"
import { sayIfLong } from "./estimate.ts"
import { evaluatePairs } from "./eval-pairs.ts"
import { grouped, percent, print, printJson, say } from "./output.ts"
import { readPairs } from "./own-task.ts"
import { whole, wholes, workersOf } from "./values.ts"

const DEFAULT_SIZES = "20,100,200"

interface EvalOptions {
  readonly sizes?: string
  readonly data?: string
  readonly showWrong: string
  readonly report?: string
  readonly samples: string
  readonly hard?: boolean
  readonly structured?: boolean
  readonly exhaustive?: boolean
  readonly json?: boolean
  readonly device: string
  readonly workers?: string
  readonly seed: string
  readonly ensemble?: readonly string[]
}

export const evalCommand = (): Command =>
  new Command("eval")
    .argument("<run>", "a run's folder, a checkpoint file, or the name of a trained model")
    .option(
      "--sizes <list>",
      `sizes to evaluate (default: ${DEFAULT_SIZES}); of pairs, lengths of questions (default: all)`,
    )
    .option("--data <file>", "evaluate these pairs of question and answer: .tsv, .csv or .jsonl; - for stdin")
    .option("--show-wrong <n>", "of pairs: print so many wrong answers, shortest questions first", "0")
    .option("--report <file>", "of pairs: also write the table and a plot as HTML")
    .option("--samples <n>", "random examples per size", "256")
    .option("--hard", "also evaluate the hard cases of each size, such as long carries, zeros and equal operands")
    .option("--structured", "also evaluate each family of worst cases, as attack does")
    .option("--exhaustive", "evaluate every question of each size instead of random ones; for small sizes")
    .addOption(ensembleOption())
    .option("--seed <n>", "seed of the random examples", "1")
    .option("--device <name>", deviceHelp, "auto")
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--json", "print one JSON line per row")
    .action((path: string, options: EvalOptions, command: Command) => {
      if (options.exhaustive && command.getOptionValueSource("samples") === "cli")
        throw new UserError(
          "--exhaustive: got --samples as well, expected only one of them: every question is asked once",
        )
      return evaluateRun(path, options)
    })

/** The option --ensemble of `eval` and `run`. */
export const ensembleOption = (): Option =>
  new Option(
    "--ensemble <run>",
    "another model, whose probabilities are averaged with those of <run>; repeatable",
  ).argParser((value: string, before: readonly string[] = []) => [...before, value])

async function evaluateRun(path: string, options: EvalOptions): Promise<void> {
  const samples = whole("--samples", options.samples, 1)
  const seed = whole("--seed", options.seed, 0, 2 ** 31 - 1)
  const workers = workersOf(options.workers)
  const [model, ...others] = [path, ...(options.ensemble ?? [])].map(loadModel)
  const found = model.task ?? findTask(model.config.task.name, model.config.task)
  const pairs = await pairsFor(model, found, options)
  if (pairs?.length === 0)
    throw new UserError(`--sizes: got ${options.sizes}, but no pair has a question of that length`)
  if (pairs === undefined) requireNoPairsOptions(options)
  const sizes = pairs ? [] : wholes("--sizes", options.sizes ?? DEFAULT_SIZES, found.minSize)
  const { backend, notes } = await openDevice(options.device, workers)
  for (const note of [...[model, ...others].flatMap((m) => m.notes), ...notes]) say(note)
  const predictor = openModels([model, ...others], backend)
  await predictor.ready()
  if (others.length > 0) say(`ensemble of ${others.length + 1} models`)
  if (pairs !== undefined) {
    const showWrong = whole("--show-wrong", options.showWrong, 0)
    await evaluatePairs({ model, predictor, pairs, showWrong, report: options.report, json: options.json === true })
    await predictor.dispose()
    return
  }
  for (const size of sizes) predictor.requireFits(size)
  if (options.structured && predictor.families().length === 0)
    throw new UserError(`--structured: ${model.config.task.name} has no families of worst cases; leave it out`)
  if (options.exhaustive) predictor.requireAllKnown()
  if (!options.json) print(evaluationHeader)
  for (const size of sizes) {
    const turns = Math.ceil(Math.ceil(samples / LANES) / backend.workers)
    await sayIfLong(predictor, `size ${size}`, predictor.encoding.length(size), turns)
    for (const how of waysOf(predictor, options)) {
      const row = await evaluateLive(predictor, size, { samples, seed, ...how })
      const models = others.length > 0 ? { models: others.length + 1 } : {}
      if (options.json) printJson({ ...row, interval: intervalOf(row), ...models })
      else print(evaluationLine(row))
    }
  }
  await predictor.dispose()
}

/** What is evaluated at each size. */
function waysOf(predictor: Predictor, { hard, structured, exhaustive }: EvalOptions): Partial<EvaluationOptions>[] {
  const tasks = predictor.tasks.length > 0 ? predictor.tasks : [undefined]
  const ofEach = (how: Partial<EvaluationOptions>) => tasks.map((task) => ({ task, ...how }))
  return [
    ...ofEach(exhaustive ? { exhaustive } : {}),
    ...(hard ? ofEach({ hard }) : []),
    ...(structured ? tasks.flatMap((task) => predictor.families(task).map((family) => ({ task, family }))) : []),
  ]
}

/** The 95 % interval of the share of right answers. If every question was asked, it is that share. */
export const intervalOf = ({ exact, samples, exhaustive }: EvaluationRow): readonly [number, number] =>
  exhaustive ? [exact, exact] : wilson(Math.round(exact * samples), samples)

/** The pairs to evaluate: given ones, or the tests of a run that has some. */
async function pairsFor(
  { path, config, task: own }: TrainedModel,
  found: FoundTask,
  { data, sizes, hard }: EvalOptions,
): Promise<AskedPair[] | undefined> {
  if (hard && (data !== undefined || (found.kind === "symbols" && found.task.pairs !== null)))
    throw new UserError("--hard: pairs have no hard cases; leave --hard out")
  const lengths = sizes === undefined ? undefined : wholes("--sizes", sizes, 1)
  const isWanted = (length: number) => lengths === undefined || lengths.includes(length)
  const { tokens = "characters" } = config.task.vocabulary ?? {}
  if (data !== undefined) {
    const pairs = await readPairs(data)
    return pairs.filter(({ question }) => isWanted(split(question, tokens).length))
  }
  if (config.task.vocabulary !== null && own === undefined)
    throw new UserError(`${path}: its examples are missing, expected --data with pairs of question and answer`)
  if (found.kind !== "symbols" || found.task.pairs === null) return undefined
  const { task } = found
  const wanted = [...found.task.pairs.testSizes].filter(([length]) => isWanted(length))
  return wanted
    .flatMap(([, examples]) => examples)
    .map(({ input, target }) => ({ question: task.formatInput(input), answer: task.formatAnswer(target) }))
}

/** Refuses options that only pairs have. */
function requireNoPairsOptions({ showWrong, report }: EvalOptions): void {
  const option = showWrong !== "0" ? "--show-wrong" : report !== undefined ? "--report" : undefined
  if (option) throw new UserError(`${option}: got no pairs, expected --data with pairs of question and answer`)
}

const cells = [
  ["size", 7],
  ["examples", 9],
  ["exact", 9],
  ["95 % interval", 18],
  ["per symbol", 11],
] as const

export const evaluationHeader = `${cells.map(([name, width]) => name.padStart(width)).join(" ")}  kind`

/** A row of the table. Its columns have fixed widths, because rows are printed one by one. */
export function evaluationLine(row: EvaluationRow): string {
  const { task, size, samples, exact, symbol, hard, family, exhaustive, bits, bound } = row
  const interval = intervalOf(row)
    .map((share) => percent(share, 1))
    .join(" to ")
  const values = [String(size), grouped(samples), percent(exact), exhaustive ? "" : interval, percent(symbol)]
  const line = values.map((value, i) => value.padStart(cells[i][1])).join(" ")
  const kind = `${exhaustive ? "every question" : (family ?? (hard ? "hard" : "random"))}${task === undefined ? "" : `, ${task}`}`
  return bits === undefined ? `${line}  ${kind}` : `${line}  ${kind}, ${bitsText(bits, bound)}`
}

/** "0.0042 bits per sequence (best possible 131.2)" */
export const bitsText = (bits: number, bound?: number): string =>
  `${bits.toPrecision(3)} bits per sequence${bound === undefined ? "" : ` (best possible ${bound.toPrecision(4)})`}`

/** Evaluates one size. In a terminal it shows the progress, which the row then replaces. */
export async function evaluateLive(
  predictor: Predictor,
  size: number,
  options: EvaluationOptions,
): Promise<EvaluationRow> {
  const show = (text: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
  }
  const row = await predictor.evaluate(size, {
    ...options,
    onWave: ({ done, of }) => show(`size ${size}: ${done} of ${of}`),
  })
  show("")
  return row
}
