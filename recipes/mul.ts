// Binary multiplication, trained on at most 20 bits. Compared with addition it has more maps, weaker dropout,
// and more steps than the question has symbols, because some products are not finished by then (docs/log.md,
// 2026-11-24).

import { defaultConfig } from "../src/training/config.ts"
import { firstPhase, noisyPhase, type Recipe } from "./recipe.ts"

const noise = { start: 0, max: 1, step: 0.002, exact: 0.85 }

export const recipe: Recipe = {
  name: "mul",
  about: "binary multiplication, learned from at most 20 bits",
  config: {
    task: { name: "mul", base: 2 },
    // as many maps as in DNGPU; with 64 the trained sizes take as many steps, and the model tolerates less
    // noise
    // A carry that is born in the last row of a product needs as many steps again as the question has places.
    model: { name: "neural-gpu", maps: 96, extraSteps: 16, stepsPerPlace: 2 },
    // as by default, except that the last group has only the longest sizes, so that the search finds examples
    // of size 20
    sizes: [...defaultConfig.sizes.slice(0, -1), [19, 20]],
    learned: { exact: 0.95 },
    phases: [
      {
        ...firstPhase,
        // without noise, one example in two thousand is wrong; among those that noise makes wrong it would
        // get lost
        hardBuffer: { share: 0.5, perSize: 64 },
        // noise makes batches with very large gradients frequent, and each of them undoes much
        clip: { norm: 0.1 },
        // otherwise unused weights keep their random initial values, and rare patterns are wrong; with 0.0003
        // it learns nothing
        l1: { step: 0.0001 },
      },
      {
        ...noisyPhase,
        until: 1500,
        hardBuffer: { search: 256 },
        // with 0.3, random examples of 200 bits were right long before powers of two and runs of ones
        hardExamples: { share: 0.4 },
        noise,
        // between good runs, which stay above 82 %, and runs that break down, which fall below 60 %
        // (docs/log.md)
        recovery: { below: 0.6 },
      },
      // more noise than most runs tolerate, so that symbols that wait long among zeros persist; beyond 1.2
      // runs lose them again
      { noise: { ...noise, max: 1.2, exact: 0.92 }, ema: { decay: 0.9995 } },
    ],
    // a measurement of 256 right answers takes as long as a hundred steps
    goal: { samples: 256, every: 250 },
  },
}
