// How much memory a run needs, so that one that does not fit is refused before anything is written.

import type { Backend } from "../backends/backend.ts"
import { layoutOf } from "../backends/layout.ts"
import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { encodingOf } from "../encoding/index.ts"
import { gigabytes } from "../inference/memory.ts"
import { createPredictor } from "../inference/predictor.ts"
import { trainingSteps } from "../models/index.ts"
import type { FoundTask } from "../tasks/index.ts"
import type { TrainConfig } from "./config-fields.ts"
import { BLOCKS_PER_WAVE } from "./measure.ts"
import { graphOf, planTraining } from "./model.ts"
import { longestOf } from "./sizes.ts"

const BYTES_PER_NUMBER = 4

/**
 * Refuses a config whose steps or measurements of the goal do not fit into memory.
 * @param bytes memory of the machine
 * @param found the task with its examples; by default, the one that the config names
 * @throws UserError with the bytes needed and available
 * @example requireTrainingFits(resolveConfig({}), backend, totalmem())
 */
export function requireTrainingFits(config: TrainConfig, backend: Backend, bytes: number, found?: FoundTask): void {
  const { model, task, sizes, batchSize, goal } = config
  const encoding = encodingOf(task, model, found)
  const lengths = sizes.map(([, to]) => encoding.length(to))
  const longest = encoding.length(longestOf(sizes))
  const plan = planTraining(model, encoding.signature, { ...graphOf(config), longest })
  const layouts = lengths.map((length) => layoutOf(plan, length, trainingSteps(model, encoding.signature, length)))
  const { ioSize, arenaSize } = layouts[layouts.length - 1]
  const blocks = Math.ceil(batchSize / LANES)
  const inputs = layouts.reduce((sum, layout) => sum + 2 * blocks * layout.ioSize, 0)
  const examples = lengths.reduce((sum, length) => sum + 2 * batchSize * length, 0)
  const scratch = Math.min(backend.workers, blocks * sizes.length) * arenaSize
  refuseAbove(bytes, BYTES_PER_NUMBER * (inputs + scratch) + examples)
  refuseAbove(backend.mostBytes, BYTES_PER_NUMBER * (2 * ioSize + arenaSize))
  const predictor = createPredictor([{ path: "the run", config, weights: new Map(), task: found }], backend, bytes)
  for (const size of [goal.size, ...(goal.confirm ? [goal.confirm.size] : [])])
    predictor.requireFits(size, Math.min(BLOCKS_PER_WAVE, backend.workers))
}

function refuseAbove(bytes: number, takes: number): void {
  if (takes > bytes)
    throw new UserError(
      `a step needs ${gigabytes(takes)} GB of memory, expected at most ${gigabytes(bytes)} GB; use shorter sizes, fewer examples or a smaller model`,
    )
}
