// `bench --tune` finds the fastest WebGPU settings for the add recipe's model on this adapter, and keeps them
// for later runs. It does so in single and, where available, in half precision.

import { recipe } from "../../recipes/add.ts"
import { wasm } from "../backends/wasm/index.ts"
import { deviceName, webgpu } from "../backends/webgpu/index.ts"
import type { Tuned } from "../backends/webgpu/settings.ts"
import { candidates, fastestFirst, furtherCandidates, type Trial, tune } from "../backends/webgpu/tune.ts"
import { tunedFile, writeTuned } from "../backends/webgpu/tuned.ts"
import { UserError } from "../core/errors.ts"
import { initialValues } from "../core/params.ts"
import { encodingOf } from "../encoding/index.ts"
import { drawGroups, plainDraw } from "../training/batches.ts"
import { resolveConfig } from "../training/config.ts"
import { planTraining } from "../training/model.ts"
import { print, printJson, say } from "./output.ts"

/** Timed runs of each candidate. */
const RUNS = 5

const words = ({ mode, registers, size, lanes, subgroups, matrices }: Tuned) =>
  `${mode}, ${registers} registers, workgroups of ${size} with ${lanes} lanes${subgroups ? ", subgroups" : ""}${matrices ? ", matrices" : ""}`

export async function tuneHere(json: boolean, software: boolean): Promise<void> {
  const adapter = await webgpu({ half: true }).adapter()
  if (adapter.software && !software)
    throw new UserError(`tune: ${adapter.name} is a software adapter; use --software to tune it anyway`)
  const config = resolveConfig(recipe.config)
  const encoding = encodingOf(config.task, config.model)
  const plan = planTraining(config.model, encoding.signature)
  const groups = drawGroups(encoding, { ...config, ...plainDraw }, 0, [config.seed])
  const truth = await wasm(1).compile(plan)
  const shared = initialValues(plan.shared, config.seed)
  const blocks = groups.flatMap((g) => g.blocks)
  const precisions = adapter.half ? [false, true] : [false]
  for (const half of precisions) {
    const device = deviceName(half)
    say(
      `${device} on ${adapter.name}: ${candidates.length} settings or more, each checked against wasm before it is timed`,
    )
    const trials = async (among: readonly Tuned[]): Promise<Trial[]> =>
      await tune(plan, truth, shared, blocks, {
        now: () => performance.now(),
        runs: RUNS,
        among,
        half,
        progress: ({ settings, ms, out }) => say(`  ${words(settings)}: ${out ?? `${ms?.toFixed(2)} ms`}`),
      })
    const first = await trials(candidates)
    const [fastest] = first
    if (fastest?.ms === undefined)
      throw new UserError(`tune: no setting gave correct results on ${adapter.name}; use --device native or wasm`)
    const further = await trials(furtherCandidates(fastest.settings, adapter, half))
    const all = [...first, ...further].sort(fastestFirst)
    const [best] = all
    if (json) all.forEach(({ settings, ms, out }) => printJson({ device, ...settings, ms, out }))
    writeTuned(process.env, adapter.key, best.settings, half)
    if (!json)
      print(
        `${device}, fastest: ${words(best.settings)}, ${best.ms?.toFixed(2)} ms per step; saved in ${tunedFile(process.env)}`,
      )
  }
  await truth.dispose()
}
