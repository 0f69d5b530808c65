// `attack` searches for questions that a trained model, an ensemble, or any program answers wrongly.

import { existsSync } from "node:fs"
import { Command } from "commander"
import { type Cause, causesOf, withMoreSteps } from "../attack/cause.ts"
import { attack, type Counterexample } from "../attack/search.ts"
import { placesThatMatter } from "../attack/shrink.ts"
import { Tally } from "../attack/tally.ts"
import { modelTarget, type Target } from "../attack/target.ts"
import type { Backend } from "../backends/backend.ts"
import { UserError } from "../core/errors.ts"
import { nodeDisk, orDiskError, writeAtomically } from "../runs/disk.ts"
import { loadModel, type TrainedModel } from "../runs/model.ts"
import { openModels } from "../runs/open.ts"
import { attackProgress, printAttack } from "./attack-report.ts"
import { deviceHelp, openDevice } from "./device.ts"
import { ensembleOption } from "./eval.ts"
import { exitOnSignals, type Interrupt, interruptible } from "./interrupt.ts"
import { say } from "./output.ts"
import { seconds, whole, wholes, workersOf } from "./values.ts"

interface AttackOptions {
  readonly sizes: string
  readonly time?: string
  readonly questions?: string
  readonly seed: string
  readonly json?: boolean
  readonly out?: string
  readonly device: string
  readonly workers?: string
  readonly ensemble?: readonly string[]
}

export const attackCommand = (): Command =>
  new Command("attack")
    .description("search for questions that a trained model answers wrongly, in the worst cases of its task")
    .argument("<run>", "a run's folder, a checkpoint file, or the name of a trained model")
    .option("--sizes <list>", "sizes to attack", "20,40")
    .option("--time <time>", "time to search, such as 90s, 5m or 2h (default: 60s, or none with --questions)")
    .option("--questions <n>", "end after about this many questions, to get the same result on any machine")
    .option("--seed <n>", "seed of the search", "1")
    .option("--out <file>", "write the wrong questions to a file of JSON lines, for train --counterexamples")
    .addOption(ensembleOption())
    .option("--device <name>", deviceHelp, "auto")
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--json", "print one JSON line per family and size, and one for the end")
    .action(async (path: string, options: AttackOptions) => {
      process.exitCode = await attackModel(path, options)
    })

/** What is attacked, and how to ask it with more steps. */
interface Opened {
  readonly target: Target
  /** Undefined if the target does not choose its steps. */
  causes(wrong: readonly Counterexample[]): Promise<readonly Cause[] | undefined>
  dispose(): Promise<void>
}

/** Returns 0 if nothing wrong was found, 1 if something was. */
async function attackModel(path: string, options: AttackOptions): Promise<number> {
  const most = options.questions === undefined ? Infinity : whole("--questions", options.questions, 1)
  const time = options.time === undefined && most < Infinity ? Infinity : seconds("--time", options.time ?? "60s")
  const seed = whole("--seed", options.seed, 0, 2 ** 31 - 1)
  const workers = workersOf(options.workers)
  if (options.out !== undefined && existsSync(options.out))
    throw new UserError(`--out: ${options.out} exists already; delete it, or name another file`)
  const models = [path, ...(options.ensemble ?? [])].map(loadModel)
  const { backend, notes } = await openDevice(options.device, workers)
  for (const note of [...models.flatMap((model) => model.notes), ...notes]) say(note)
  const opened = openTarget(models, backend)
  const { target } = opened
  const sizes = wholes("--sizes", options.sizes, target.task.minSize)
  const interrupt = interruptible((signal) => say(`${signal}: ending; a second signal ends at once`))
  try {
    const tally = new Tally()
    const began = performance.now()
    await search(target, tally, { sizes, seed, time, most, interrupt })
    const took = (performance.now() - began) / 1000
    const { smallest, kept } = tally
    const end = {
      seconds: Math.round(took * 1000) / 1000,
      matters: smallest && (await placesThatMatter(target, smallest.question)),
      causes: kept.length > 0 ? await opened.causes(kept) : undefined,
    }
    if (options.out !== undefined) writeCounterexamples(options.out, kept)
    printAttack(tally, end, options)
    return interrupt.came === undefined ? (tally.wrong > 0 ? 1 : 0) : interrupt.exitCode
  } finally {
    exitOnSignals()
    await opened.dispose()
  }
}

function openTarget(models: readonly TrainedModel[], backend: Backend): Opened {
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

/** Searches until time is up, enough is asked, or a signal comes. */
async function search(target: Target, tally: Tally, { sizes, seed, time, most, interrupt }: Limits): Promise<void> {
  const progress = attackProgress(time)
  try {
    for await (const event of attack(target, { sizes, seed })) {
      tally.add(event)
      progress.show(tally)
      await new Promise((resolve) => setImmediate(resolve)) // signals come between waves
      if (interrupt.came !== undefined || progress.seconds() >= time || tally.asked >= most) return
    }
  } finally {
    progress.close()
  }
}

function writeCounterexamples(file: string, kept: readonly Counterexample[]): void {
  const lines = kept.map((found) => `${JSON.stringify(found)}\n`).join("")
  orDiskError("write", file, () => writeAtomically(file, Buffer.from(lines), { disk: nodeDisk }))
}
