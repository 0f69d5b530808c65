// The update of a run: the parts of its techniques and of its optimizer, in order.

import { modelFamily } from "../models/index.ts"
import type { Copies } from "../plan/copies.ts"
import { type Update, UpdateBuilder, WEIGHTS } from "../plan/update.ts"
import type { TrainConfig } from "./config-fields.ts"
import { optimizers } from "./optimizers/index.ts"
import { addOptimizer, type Optimizer } from "./optimizers/optimizer.ts"
import { allTechniques, optionsOf } from "./phases.ts"
import type { Technique, UpdatePlace } from "./technique.ts"
import { EMA } from "./techniques/ema.ts"

/** The optimizer of a config. */
export const optimizerOf = ({ optimizer }: TrainConfig): Optimizer => optimizers[optimizer.name]

/** The techniques that are on in any phase of a config. */
export const techniquesOf = ({ phases }: TrainConfig): readonly (Technique & { readonly name: string })[] =>
  allTechniques.filter((technique) => phases.some((phase) => technique.isOn(optionsOf(phase, technique.name))))

/** The arrays of a run: the weights, their EMA, and the optimizer's. */
export const arraysOf = (config: TrainConfig): readonly string[] => [WEIGHTS, ...optimizerOf(config).arrays, EMA]

/**
 * The update chain of a run.
 * @param copies the parameters that have copies
 * @param optimizer that of the config, or one with other constants
 */
export function updateOf(
  config: TrainConfig,
  copies: readonly Copies[],
  optimizer: Optimizer = optimizerOf(config),
): Update {
  const u = new UpdateBuilder(copies, arraysOf(config))
  const techniques = techniquesOf(config)
  const add = (place: UpdatePlace) => {
    for (const { name, update } of techniques)
      update[place]?.(
        u,
        config.phases.map((phase) => optionsOf(phase, name)),
      )
  }
  add("cost")
  add("clip")
  add("noise")
  add("spread")
  addOptimizer(u, optimizer, config.optimizer)
  add("weights")
  u.writeWeights()
  add("average")
  return u.finish()
}

/** The initial learning rate: the config's, or the model's own. */
export function startRateOf({ learningRate, model }: TrainConfig): number {
  const { name, ...options } = model
  return learningRate ?? modelFamily(name).learningRate(options)
}
