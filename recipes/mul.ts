// Binary multiplication from examples of at most 20 bits. Against addition: more maps, weaker dropout, and more steps than the question has
// symbols, because one product in a hundred is not finished by then (docs/log.md, 2026-11-24).

import { defaultConfig } from "../src/training/config.ts"
import { type Recipe, risingNoise } from "./recipe.ts"

const noise = { ...risingNoise.settle.noise, most: 1, step: 0.002 }

export const recipe: Recipe = {
  name: "mul",
  about: "binary multiplication, learnt from at most 20 bits",
  config: {
    ...risingNoise,
    task: { name: "mul", base: 2 },
    // 96 maps, as DNGPU has for it: 64 need as many steps for the trained sizes, and bear less noise (docs/log.md, 2026-11-27)
    model: { maps: 96, extraSteps: 16 },
    // as by default, but that the last group has the longest sizes only: a search finds those of 20
    batch: { groups: [...defaultConfig.batch.groups.slice(0, -1), [19, 20]] },
    // 0.01 · 48 / maps [DNGPU code]
    rate: { start: 0.005 },
    // noise makes batches frequent whose gradient is ten and a hundred times as long as others', and each undoes much: the shorter the better
    clip: 0.1,
    // else the random weights of the beginning stay, 0.06 in size, and what a cell should not read makes rare patterns wrong; with 0.0003 it learns nothing
    shrinkage: 0.0001,
    // what is wrong without noise is one example in two thousand and fewer, and lost among those that noise spoils
    replay: { share: 0.5, perSize: 64, search: 256 },
    settle: {
      ...risingNoise.settle,
      // with 0.3 random ones of 200 bits were right long before powers of two and runs of ones were
      structured: 0.4,
      noise,
      // more noise than most runs bear with 92 % right, so that what waits for long among noughts stays; beyond 1.2 they lose it again (docs/log.md)
      later: [
        {
          after: 1500,
          noise: { ...noise, most: 1.2, exact: 0.92 },
          average: 0.9995,
        },
      ],
    },
    // what good runs have right of a batch never fell below 82 %; what was lost was below 60 % within 40 steps
    recovery: { below: 0.6 },
    // a look at 256 that are all right takes as long as a hundred steps
    goal: { samples: 256, every: 250 },
  },
}
