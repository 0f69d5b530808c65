// What a recipe is: a name, what it shows, and everything in which a run's config differs from the defaults.

import type { PartialConfig } from "../src/training/config.ts"

export interface Recipe {
  readonly name: string
  readonly about: string
  readonly config: PartialConfig
}
