// RMSProp in the form of Graves 2013 (eqs 38 to 45), centred, with momentum: what the Neural Turing Machine was trained with.

import { add, div, max, mul, sqrt, sub } from "../../core/expr.ts"
import type { Optimizer } from "./optimizer.ts"

export interface RmspropOptions {
  /** Decay of the running mean and mean square. */
  readonly decay: number
  readonly momentum: number
  readonly epsilon: number
}
/** [Graves 2013, §2.1] */
export const rmspropDefaults: RmspropOptions = { decay: 0.95, momentum: 0.9, epsilon: 1e-4 }

export const rmsprop = (options: Partial<RmspropOptions> = {}): Optimizer => {
  const { decay, momentum, epsilon } = { ...rmspropDefaults, ...options }
  return {
    name: "rmsprop",
    slots: ["mean", "mean square", "velocity"],
    direction: "velocity",
    scalars: {},
    numbers: ["rate"],
    advance: (rate) => ({ rate }),
    update({ weights, gradient: g, mean, "mean square": square, velocity, rate }) {
      const variance = max(0, sub(square, mul(mean, mean)))
      return {
        mean: add(mul(decay, mean), mul(1 - decay, g)),
        "mean square": add(mul(decay, square), mul(mul(1 - decay, g), g)),
        velocity: sub(mul(momentum, velocity), div(mul(rate, g), sqrt(add(variance, epsilon)))),
        weights: add(weights, velocity),
      }
    },
  }
}
