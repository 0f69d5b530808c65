// `bench --tune`: finds WebGPU's fastest settings for the add recipe's model on this adapter, and keeps them for later runs.

import { recipe } from "../../recipes/add.ts"
import { wasm } from "../backends/wasm/index.ts"
import { webgpu } from "../backends/webgpu/index.ts"
import { candidates, type Tuned, tune } from "../backends/webgpu/tune.ts"
import { tunedFile, writeTuned } from "../backends/webgpu/tuned.ts"
import { UserError } from "../core/errors.ts"
import { initialValues } from "../core/params.ts"
import { drawGroups } from "../training/batches.ts"
import { resolveConfig } from "../training/config.ts"
import { encodingOf } from "../training/encoding.ts"
import { planTraining } from "../training/model.ts"
import { print, printJson, say } from "./output.ts"

/** Timed runs of each candidate. */
const RUNS = 5

const words = ({ mode, registers, size, lanes }: Tuned) =>
  `${mode}, ${registers} registers, workgroups of ${size} with ${lanes} lanes`

export async function tuneHere(json: boolean, software: boolean): Promise<void> {
  const adapter = await webgpu().adapter()
  if (adapter.software && !software)
    throw new UserError(`tune: ${adapter.name} is a software adapter; --software tunes it all the same`)
  const config = resolveConfig(recipe.config)
  const encoding = encodingOf(config.task, config.model)
  const plan = planTraining(config.model, encoding.signature)
  const groups = drawGroups(encoding, config.batch, config.batch.groups.length, 0, config.seed)
  const truth = await wasm(1).compile(plan)
  say(`tuning for ${adapter.name}: ${candidates.length} settings, each checked against wasm before it is timed`)
  const shared = initialValues(plan.shared, config.seed)
  const trials = await tune(
    plan,
    truth,
    shared,
    groups.flatMap((g) => g.blocks),
    {
      now: () => performance.now(),
      runs: RUNS,
      progress: ({ settings, ms, out }) => say(`  ${words(settings)}: ${out ?? `${ms?.toFixed(2)} ms`}`),
    },
  )
  await truth.dispose()
  if (json) trials.forEach(({ settings, ms, out }) => printJson({ ...settings, ms, out }))
  const [best] = trials
  if (best?.ms === undefined)
    throw new UserError(`tune: no setting gave right results on ${adapter.name}; use --device native or wasm`)
  writeTuned(process.env, adapter.key, best.settings)
  if (!json)
    print(`fastest: ${words(best.settings)}, ${best.ms.toFixed(2)} ms a step; kept in ${tunedFile(process.env)}`)
}
