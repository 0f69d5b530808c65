// The paper's grid [KS16 §4]: three values of each of six hyperparameters, 729 runs, each with its own seed.
// The paper prints only the values of dropout (6, 9 and 13.5 %). The others are chosen around the code's
// defaults, by the factors of the code's own later grid where it has one.

import type { Space } from "../../src/sweep/space.ts"
import { original } from "../original.ts"

export const paper729: Space = {
  name: "paper729",
  about:
    "The original form over learning rate, initial scale, pull factor, curriculum threshold, gradient noise and dropout: the paper's grid of 729 runs.",
  // 30,000 steps: the number in the README of the DNGPU code for the original form on binary multiplication
  config: { ...original, steps: 30_000 },
  axes: [
    // the code's 0.001, times 1/2, 1, 2 [neural_gpu code of 2017]
    { name: "rate", fields: ["learningRate"], values: [0.0005, 0.001, 0.002] },
    // the code's 1.8 times our Glorot bound, times 1/1.5, 1, 1.5 [neural_gpu code of 2017]
    { name: "init scale", fields: ["model.initScale"], values: [1.2, 1.8, 2.7] },
    // the code's 1.2; 1.34, with which 18 advances reach 0.1; and more
    { name: "pull factor", fields: ["phases.0.relaxation.factor"], values: [1.2, 1.34, 1.5] },
    // the code's 0.85, the paper's example 0.9, and more
    { name: "threshold", fields: ["curriculum.threshold"], values: [0.85, 0.9, 0.95] },
    // with 188,000 parameters, noise of 0.003 is as long as the clipped gradient at the beginning
    { name: "gradient noise", fields: ["gradientNoise.scale"], values: [0.001, 0.003, 0.01] },
    // 13.5, 9 and 6 % [KS16 §4]
    { name: "dropout", fields: ["dropout.rate"], values: [0.135, 0.09, 0.06] },
  ],
  seeds: 1,
}
