// AdaMax [Kingma & Ba 2015, algorithm 2] as in the DNGPU code. It has no bias correction, and the running
// maximum decays faster at the beginning. Each element of the gradient is clipped to 1.2 times that maximum,
// so that one bad batch cannot blow up a weight.

import { abs, add, div, max, min, mul, neg, sub } from "../../core/expr.ts"
import type { Optimizer } from "./optimizer.ts"

export interface AdamaxConstants {
  /** Decay of the momentum. */
  readonly beta1: number
  /** The maximum is multiplied by 1 − max(decayFloor, decay · 0.5^(step / decayHalving)). */
  readonly decay: number
  readonly decayFloor: number
  readonly decayHalving: number
  /** Added to the maximum in the denominator. */
  readonly epsilon: number
  /** Elements of the gradient are clipped to ±(clip · maximum + clipFloor). */
  readonly clip: number
  readonly clipFloor: number
}

/** Those of the DNGPU code. */
export const published: AdamaxConstants = {
  beta1: 0.9,
  decay: 0.01,
  decayFloor: 0.0005,
  decayHalving: 2000,
  epsilon: 1e-8,
  clip: 1.2,
  clipFloor: 1e-4,
}

export const adamaxWith = ({ beta1, decay, decayFloor, decayHalving, epsilon, clip, clipFloor }: AdamaxConstants) =>
  ({
    fields: {},
    arrays: ["momentum", "maximum"],
    momentum: ["momentum"],
    begin: () => ({ decay }),
    told: ["rate", "keep"],
    next(_, numbers, rate) {
      const keep = 1 - Math.max(decayFloor, numbers.decay)
      numbers.decay *= Math.exp(-Math.LN2 / decayHalving)
      return { rate, keep }
    },
    update(_, { weights, gradient, momentum, maximum, rate, keep }) {
      const limit = add(mul(clip, maximum), clipFloor)
      const g = max(neg(limit), min(limit, gradient))
      return {
        momentum: add(mul(beta1, momentum), mul(1 - beta1, g)),
        maximum: max(mul(keep, maximum), abs(g)),
        weights: sub(weights, div(mul(rate, momentum), add(maximum, epsilon))),
      }
    },
  }) as const satisfies Optimizer

export const adamax = adamaxWith(published)
