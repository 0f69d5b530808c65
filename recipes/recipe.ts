// What a recipe is: a name, what it shows, and everything in which a run's config differs from the defaults.

import type { PartialConfig } from "../src/training/config.ts"
import type { PartialPhase } from "../src/training/phases.ts"

export interface Recipe {
  readonly name: string
  readonly about: string
  readonly config: PartialConfig
}

/**
 * How multiplication and sorting are trained (docs/log.md). First weak dropout, until the trained sizes are
 * learned. Then none, but noise, from none to as much as the model bears. What is answered wrongly comes
 * back. The learning rate stays and the average is long: a falling rate makes the trained sizes surer and the
 * long ones worse.
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
 * Sizes of tasks whose question is as long as its answer: up to 41 symbols, as an addition of 20 digits has
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
