// AdaMax (Kingma & Ba 2015, algorithm 2) as the DNGPU code has it: no bias correction; the running maximum forgets faster at the
// beginning; each element of the gradient is clipped to 1.2 times that maximum, so that one bad batch cannot blow up a weight.

import { abs, add, div, max, min, mul, neg, sub } from "../../core/expr.ts"
import type { Optimizer } from "./optimizer.ts"

export interface AdamaxOptions {
  readonly beta1: number
  /** The maximum is multiplied by 1 − max(decayFloor, decay · 0.5^(step / decayHalving)). */
  readonly decay: number
  readonly decayFloor: number
  readonly decayHalving: number
  readonly epsilon: number
  /** |g| ≤ clip · maximum + clipFloor; 0 switches it off. */
  readonly clip: number
  readonly clipFloor: number
}
/** All from the DNGPU code. */
export const adamaxDefaults: AdamaxOptions = {
  beta1: 0.9,
  decay: 0.01,
  decayFloor: 0.0005,
  decayHalving: 2000,
  epsilon: 1e-8,
  clip: 1.2,
  clipFloor: 1e-4,
}

export const adamax = (options: Partial<AdamaxOptions> = {}): Optimizer => {
  const { beta1, decay, decayFloor, decayHalving, epsilon, clip, clipFloor } = { ...adamaxDefaults, ...options }
  const halving = Math.exp(-Math.LN2 / decayHalving)
  return {
    name: "adamax",
    slots: ["momentum", "maximum"],
    direction: "momentum",
    scalars: { decay },
    numbers: ["rate", "keep"],
    advance(rate, scalars) {
      const keep = 1 - Math.max(decayFloor, scalars.decay)
      scalars.decay *= halving
      return { rate, keep }
    },
    update({ weights, gradient, momentum, maximum, rate, keep }) {
      const limit = add(mul(clip, maximum), clipFloor)
      const g = clip > 0 ? max(neg(limit), min(limit, gradient)) : gradient
      return {
        momentum: add(mul(beta1, momentum), mul(1 - beta1, g)),
        maximum: max(mul(keep, maximum), abs(g)),
        weights: sub(weights, div(mul(rate, momentum), add(maximum, epsilon))),
      }
    },
  }
}
