// What a recipe is: a name, what it shows, and everything in which a run's config differs from the defaults.

import type { PartialConfig } from "../src/training/config.ts"

export interface Recipe {
  readonly name: string
  readonly about: string
  readonly config: PartialConfig
}

/** How multiplication and sorting are trained (docs/log.md): weak dropout until the trained sizes are learnt; then none, but noise, from none to as much as the
 *  model bears, and what is answered wrongly comes back. The rate stays as it is and the average is long: a falling rate makes the trained sizes surer and
 *  the long ones worse. */
export const risingNoise = {
  keep: 0.9,
  fit: { exact: 0.95 },
  settle: { keep: 1, structured: 0.3, noise: { start: 0, most: 0.7, step: 0.001, exact: 0.85 } },
  replay: { share: 0.25 },
  average: 0.999,
  restart: { enabled: false },
} as const satisfies PartialConfig

/** Sizes of tasks whose question is as long as its answer: up to 41 symbols, the length of an addition of 20 digits [KS16, §3]. */
export const upTo41 = [
  [1, 5],
  [6, 11],
  [12, 18],
  [19, 25],
  [26, 33],
  [34, 41],
] as const
