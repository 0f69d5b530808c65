// One config with many seeds: how often does a recipe work?

import type { Space } from "../../src/sweep/space.ts"

export const seeds: Space = {
  name: "seeds",
  about: "One config, many seeds: how often it generalizes.",
  recipe: true,
  config: {},
  set: { "restart.enabled": false },
  axes: [],
  seeds: 10,
}
