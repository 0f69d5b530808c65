// What a recipe is: a name, what it shows, and everything in which a run's config differs from the defaults.

import type { PartialConfig } from "../src/training/config.ts"

export interface Recipe {
  readonly name: string
  readonly about: string
  readonly config: PartialConfig
}

/** Sizes of tasks whose question is as long as its answer: up to 41 symbols, the length of an addition of 20 digits [KS16, §3]. */
export const upTo41 = [
  [1, 5],
  [6, 11],
  [12, 18],
  [19, 25],
  [26, 33],
  [34, 41],
] as const
