// Every optimiser, by the name that a config uses.

import { type AdamOptions, adam, adamDefaults } from "./adam.ts"
import { type AdamaxOptions, adamax, adamaxDefaults } from "./adamax.ts"
import type { Optimizer } from "./optimizer.ts"
import { type RmspropOptions, rmsprop, rmspropDefaults } from "./rmsprop.ts"
import { type SgdOptions, sgd, sgdDefaults } from "./sgd.ts"

export const optimizers = { adam, adamax, sgd, rmsprop } as const
export const optimizerDefaults = {
  adam: adamDefaults,
  adamax: adamaxDefaults,
  sgd: sgdDefaults,
  rmsprop: rmspropDefaults,
}

export type OptimizerConfig =
  | ({ readonly name: "adam" } & Partial<AdamOptions>)
  | ({ readonly name: "adamax" } & Partial<AdamaxOptions>)
  | ({ readonly name: "sgd" } & Partial<SgdOptions>)
  | ({ readonly name: "rmsprop" } & Partial<RmspropOptions>)

export function createOptimizer(config: OptimizerConfig): Optimizer {
  switch (config.name) {
    case "adam":
      return adam(config)
    case "adamax":
      return adamax(config)
    case "sgd":
      return sgd(config)
    case "rmsprop":
      return rmsprop(config)
  }
}

export { newMemory, type Optimizer, type OptimizerMemory, stepper } from "./optimizer.ts"
