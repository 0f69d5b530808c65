// AdaMax [Kingma & Ba 2015, algorithm 2] as in the DNGPU code. It has no bias correction, and the running
// maximum decays faster at the beginning. Each element of the gradient is clipped to 1.2 times that maximum,
// so that one bad batch cannot blow up a weight.

import { abs, add, div, max, min, mul, neg, sub } from "../../core/expr.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import type { Optimizer } from "./optimizer.ts"

const source = "DNGPU code"
const fields = {
  beta1: number(0.9, "Decay of the momentum.", { min: 0, below: 1, source }),
  decay: number(0.01, "The maximum is multiplied by 1 − max(decayFloor, decay · 0.5^(step / decayHalving)).", {
    min: 0,
    below: 1,
    source,
  }),
  decayFloor: number(0.0005, "Lower limit of this decay.", { min: 0, below: 1, source }),
  decayHalving: number(2000, "Number of steps after which the decay halves.", { above: 0, source }),
  epsilon: number(1e-8, "Added to the maximum in the denominator.", { min: 0, source }),
  clip: number(1.2, "Elements of the gradient are clipped to ±(clip · maximum + clipFloor); 0: no clipping.", {
    min: 0,
    source,
  }),
  clipFloor: number(1e-4, "Constant part of that limit.", { min: 0, source }),
}

export const adamax = {
  fields,
  arrays: ["momentum", "maximum"],
  momentum: ["momentum"],
  begin: ({ decay }) => ({ decay }),
  told: ["rate", "keep"],
  next({ decayFloor, decayHalving }, numbers, rate) {
    const keep = 1 - Math.max(decayFloor, numbers.decay)
    numbers.decay *= Math.exp(-Math.LN2 / decayHalving)
    return { rate, keep }
  },
  update({ beta1, epsilon, clip, clipFloor }, { weights, gradient, momentum, maximum, rate, keep }) {
    const limit = add(mul(clip, maximum), clipFloor)
    const g = clip > 0 ? max(neg(limit), min(limit, gradient)) : gradient
    return {
      momentum: add(mul(beta1, momentum), mul(1 - beta1, g)),
      maximum: max(mul(keep, maximum), abs(g)),
      weights: sub(weights, div(mul(rate, momentum), add(maximum, epsilon))),
    }
  },
} as const satisfies Optimizer<ValuesOf<typeof fields>>
