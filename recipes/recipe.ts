// The interface of a recipe: a name, what it shows, and all differences of a run's config from the defaults.

import type { PartialConfig } from "../src/training/config.ts"
import type { PartialPhase } from "../src/training/phases.ts"

export interface Recipe {
  readonly name: string
  readonly about: string
  readonly config: PartialConfig
}

/**
 * How multiplication and sorting are trained (docs/log.md). The first phase has weak dropout and ends when
 * the trained sizes are learned. The second has no dropout, but noise that grows to what the model tolerates,
 * and a buffer of wrong answers. The learning rate stays constant and the EMA is long: a falling rate
 * improves the trained sizes and makes longer ones worse.
 */
export const firstPhase = {
  until: "learned",
  dropout: { rate: 0.1 },
  hardBuffer: { share: 0.25 },
  restart: { enabled: false },
} as const satisfies PartialPhase

export const noisyPhase = {
  schedule: { name: "constant" },
  dropout: { rate: 0 },
  noise: { start: 0, max: 0.7, step: 0.001, exact: 0.85 },
  hardExamples: { share: 0.3 },
  saturation: { limit: 1.5 },
  ema: { decay: 0.999 },
} as const satisfies PartialPhase

/**
 * Sizes for tasks whose question is as long as its answer: up to 41 symbols, as in an addition of 20 digits
 * [KS16 §3].
 */
export const upTo41 = [
  [1, 5],
  [6, 11],
  [12, 18],
  [19, 25],
  [26, 33],
  [34, 41],
] as const
