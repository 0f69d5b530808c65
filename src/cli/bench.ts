// `bench` measures how fast this machine trains the model of the add recipe, in a few seconds.

import { Command } from "commander"
import { recipe } from "../../recipes/add.ts"
import type { Backend } from "../backends/backend.ts"
import { devices } from "../backends/index.ts"
import { scanOp } from "../core/graph.ts"
import { isOf } from "../core/op.ts"
import { initialValues } from "../core/params.ts"
import { encodingOf } from "../encoding/index.ts"
import { convOp } from "../ops/conv.ts"
import type { Plan } from "../plan/plan.ts"
import type { FoundTask } from "../tasks/index.ts"
import { drawGroups, plainDraw } from "../training/batches.ts"
import { longestSize, resolveConfig, type TrainConfig } from "../training/config.ts"
import { planTraining } from "../training/model.ts"
import { print, printJson, say, table } from "./output.ts"
import { tuneHere } from "./tune.ts"
import { workersOf } from "./values.ts"

/** Seconds of measurement per device. */
const SECONDS = 2

export interface Row {
  readonly parameters: number
  /** Memory of the device at most. */
  readonly peakBytes: number
  readonly device: string
  readonly workers: number
  readonly stepsPerSecond: number
  readonly gflops: number
}

export const benchCommand = (): Command =>
  new Command("bench")
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--software", "also measure software adapters, which imitate a GPU on the CPU")
    .option("--tune", "instead, find the fastest WebGPU tiles and workgroups for this adapter, and keep them")
    .option("--json", "print one JSON line per device")
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
        const { backend, note } = await device.create({
          workers: workersOf(options.workers),
          env: process.env,
          ownThread: true,
        })
        if (!backend) {
          say(`${device.name} is not available: ${note}`)
          continue
        }
        let found: Awaited<ReturnType<NonNullable<typeof device.probe>>> | undefined
        try {
          found = await device.probe?.()
        } catch (error) {
          say(`${device.name} is not available: ${(error as Error).message}`)
          continue
        }
        if (found?.software && !options.software)
          say(`${device.name} is not measured: ${found.description}; use --software to measure it anyway`)
        else rows.push(await measure(backend, config))
      }
      if (options.json)
        return rows.forEach(({ device, workers, stepsPerSecond, gflops }) => {
          printJson({ device, workers, stepsPerSecond, gflops })
        })
      const lines = rows.map((r) => [r.device, String(r.workers), r.stepsPerSecond.toFixed(1), r.gflops.toFixed(0)])
      table([["device", "threads", "steps/s", "GFLOP/s"], ...lines], [false, true, true, true]).forEach(print)
      say("npm run bench compares with other libraries and with the machine's peak")
    })

/** Trains for some seconds on all sizes at once, without an update. */
export async function measure(backend: Backend, config: TrainConfig, task?: FoundTask): Promise<Row> {
  const encoding = encodingOf(config.task, config.model, task)
  const program = await backend.compile(planTraining(config.model, encoding.signature))
  const shared = initialValues(program.plan.shared, config.seed)
  const step = async (n: number) => {
    const groups = drawGroups(encoding, { ...config, ...plainDraw }, n, [config.seed])
    const blocks = groups.flatMap((g) => g.blocks)
    await program.run(shared, blocks, { seed: config.seed, trainStep: n })
    return groups.reduce((sum, g) => sum + g.examples.length * flops(program.plan, encoding.length(g.size)), 0)
  }
  await step(0)
  let [steps, operations] = [0, 0]
  const began = performance.now()
  let seconds = 0
  for (; seconds < SECONDS; seconds = (performance.now() - began) / 1000) operations += await step(++steps)
  const { peakBytes, plan } = program
  await program.dispose()
  return {
    parameters: plan.trainableSize,
    peakBytes,
    device: backend.name,
    workers: backend.workers,
    stepsPerSecond: steps / seconds,
    gflops: operations / seconds / 1e9,
  }
}

/**
 * Operations of the convolutions for an example of L places and L steps: the forward pass, and twice as many
 * backward.
 */
function flops({ graph, options }: Plan, L: number): number {
  const forward = graph.nodes.filter(({ id }) => options.loss === undefined || id < options.loss.id)
  const bodies = forward
    .filter((node) => isOf(node, scanOp))
    .map(({ id, attributes }) => [attributes.carries[0].id, id])
  return forward
    .filter((node) => isOf(node, convOp))
    .map(({ id, shape, inputs: [, kernel] }) => {
      const taps = kernel.shape.slice(-4).reduce<number>((product, n) => product * Number(n), 1)
      const steps = bodies.some(([from, to]) => id > from && id < to) ? L : 1
      return 3 * 2 * taps * L * Number(shape[1]) * steps
    })
    .reduce((sum, n) => sum + n, 0)
}
