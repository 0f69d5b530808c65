// Centered RMSProp with momentum [Graves 2013, eqs 38 to 45], with which the Neural Turing Machine was
// trained.

import { add, div, max, mul, sqrt, sub } from "../../core/expr.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import type { Optimizer } from "./optimizer.ts"

const source = "Graves 2013"
const fields = {
  decay: number(0.95, "Decay of the running mean and mean square.", { min: 0, below: 1, source }),
  momentum: number(0.9, "Decay of the velocity.", { min: 0, below: 1, source }),
  epsilon: number(1e-4, "Added to the variance under the square root.", { min: 0, source }),
}

export const rmsprop = {
  fields,
  arrays: ["mean", "mean square", "velocity"],
  momentum: ["velocity"],
  begin: () => ({}),
  told: ["rate"],
  next: (_options, _numbers, rate) => ({ rate }),
  update(options, { weights, gradient: g, mean, "mean square": square, velocity, rate }) {
    const { decay, momentum, epsilon } = options
    const variance = max(0, sub(square, mul(mean, mean)))
    return {
      mean: add(mul(decay, mean), mul(1 - decay, g)),
      "mean square": add(mul(decay, square), mul(mul(1 - decay, g), g)),
      velocity: sub(mul(momentum, velocity), div(mul(rate, g), sqrt(add(variance, epsilon)))),
      weights: add(weights, velocity),
    }
  },
} as const satisfies Optimizer<ValuesOf<typeof fields>>
