// `bench`: how fast this machine trains the model of the add recipe, in a few seconds.

import { Command } from "commander"
import { recipe } from "../../recipes/add.ts"
import type { Backend, Program } from "../backends/backend.ts"
import { devices } from "../backends/index.ts"
import { initialValues } from "../core/params.ts"
import { encodingOf } from "../encoding/index.ts"
import type { ModelConfig } from "../models/index.ts"
import { drawGroups, plainDraw } from "../training/batches.ts"
import { longestSize, resolveConfig, type TrainConfig } from "../training/config.ts"
import { planTraining } from "../training/model.ts"
import { print, printJson, say, table } from "./output.ts"
import { tuneHere } from "./tune.ts"
import { workersOf } from "./values.ts"

/** Seconds of measuring on each device. */
const SECONDS = 2

interface Row {
  readonly device: string
  readonly workers: number
  readonly stepsPerSecond: number
  readonly gflops: number
}

export const benchCommand = (): Command =>
  new Command("bench")
    .description("how fast this machine trains, in a few seconds")
    .option("--workers <n>", "threads (default: all the machine has)")
    .option("--software", "measure software adapters too: a CPU that imitates a GPU")
    .option("--tune", "try WebGPU's tiles and workgroups on this adapter and keep the fastest, instead")
    .option("--json", "a JSON line for each device")
    .action(async (options: { json?: boolean; workers?: string; software?: boolean; tune?: boolean }) => {
      const config = resolveConfig(recipe.config)
      if (config.model.name !== "neural-gpu") throw new Error("the add recipe trains a Neural GPU")
      const { model } = config
      const { batchSize, sizes } = config
      if (options.tune) return tuneHere(options.json === true, options.software === true)
      if (!options.json)
        say(
          `one training step of ${config.task.name}: ${sizes.length} groups of ${batchSize} examples, sizes up to ${longestSize(config)}, ${model.maps} maps`,
        )
      const rows: Row[] = []
      for (const device of devices.filter((d) => d.name !== "reference")) {
        const backend = await device.create({ workers: workersOf(options.workers), env: process.env, ownThread: true })
        if (!backend) {
          say(`${device.name} is not there: ${device.whenAbsent}`)
          continue
        }
        let found: Awaited<ReturnType<NonNullable<typeof device.probe>>> | undefined
        try {
          found = await device.probe?.()
        } catch (error) {
          say(`${device.name} is not there: ${(error as Error).message}`)
          continue
        }
        if (found?.software && !options.software)
          say(`${device.name} is not measured: ${found.description}; --software measures it all the same`)
        else rows.push(await measure(backend, config))
      }
      if (options.json) return rows.forEach(printJson)
      const lines = rows.map((r) => [r.device, String(r.workers), r.stepsPerSecond.toFixed(1), r.gflops.toFixed(0)])
      table([["device", "threads", "steps/s", "GFLOP/s"], ...lines], [false, true, true, true]).forEach(print)
      say("npm run bench compares with other libraries, and with the machine's peak")
    })

async function measure(backend: Backend, config: TrainConfig): Promise<Row> {
  const encoding = encodingOf(config.task, config.model)
  const program = await backend.compile(planTraining(config.model, encoding.signature))
  const shared = initialValues(program.plan.shared, config.seed)
  const step = async (n: number) => {
    const groups = drawGroups(encoding, { ...config, ...plainDraw }, n, [config.seed])
    const blocks = groups.flatMap((g) => g.blocks)
    await program.run(shared, blocks, { seed: config.seed, trainStep: n })
    return groups.reduce((sum, g) => sum + g.examples.length * flops(program, config.model, encoding.length(g.size)), 0)
  }
  await step(0)
  let [steps, operations] = [0, 0]
  const began = performance.now()
  let seconds = 0
  for (; seconds < SECONDS; seconds = (performance.now() - began) / 1000) operations += await step(++steps)
  await program.dispose()
  return {
    device: backend.name,
    workers: backend.workers,
    stepsPerSecond: steps / seconds,
    gflops: operations / seconds / 1e9,
  }
}

/**
 * Multiplications and additions of the convolutions: forward, and twice as many back; L places, L steps for
 * the recurrent ones.
 */
function flops({ plan }: Program, model: ModelConfig, L: number): number {
  let sum = 0
  for (const { name, shape } of plan.shared) {
    if (shape.length !== 4) continue
    const often = /^(input|output)\//u.test(name) ? L : L * L * (model.name === "neural-gpu" ? model.width : 1)
    sum += 3 * 2 * shape.reduce((a: number, b: number) => a * b, 1) * often
  }
  return sum
}
