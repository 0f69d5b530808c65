// Binary multiplication from examples of at most 20 bits. Against addition: more maps, weaker dropout, and
// more steps than the question has symbols, because one product in a hundred is not finished by then
// (docs/log.md, 2026-11-24).

import { defaultConfig } from "../src/training/config.ts"
import { firstPhase, noisyPhase, type Recipe } from "./recipe.ts"

const noise = { start: 0, max: 1, step: 0.002, exact: 0.85 }

export const recipe: Recipe = {
  name: "mul",
  about: "binary multiplication, learned from at most 20 bits",
  config: {
    task: { name: "mul", base: 2 },
    // as many as DNGPU has for it: 64 need as many steps for the trained sizes, and bear less noise
    model: { name: "neural-gpu", maps: 96, extraSteps: 16 },
    // as by default, but that the last group has the longest sizes only: a search finds those of 20
    sizes: [...defaultConfig.sizes.slice(0, -1), [19, 20]],
    learned: { exact: 0.95 },
    phases: [
      {
        ...firstPhase,
        // what is wrong without noise is one example in two thousand, and lost among those that noise spoils
        hardBuffer: { share: 0.5, perSize: 64 },
        // noise makes batches frequent whose gradient is many times as long as others', and each undoes much
        clip: { norm: 0.1 },
        // otherwise the random weights of the beginning stay, and rare patterns are wrong; with 0.0003 it
        // learns nothing
        l1: { step: 0.0001 },
      },
      {
        ...noisyPhase,
        until: 1500,
        hardBuffer: { search: 256 },
        // with 0.3, random ones of 200 bits were right long before powers of two and runs of ones were
        hardExamples: { share: 0.4 },
        noise,
        // what good runs have right of a batch never fell below 82 %; what was lost was below 60 % within 40
        // steps
        recovery: { below: 0.6 },
      },
      // more noise than most runs bear, so that what waits for long among zeros stays; beyond 1.2 they lose
      // it again
      { noise: { ...noise, max: 1.2, exact: 0.92 }, ema: { decay: 0.9995 } },
    ],
    // a measurement on 256 that are all right takes as long as a hundred steps
    goal: { samples: 256, every: 250 },
  },
}
