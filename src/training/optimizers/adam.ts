// Adam (Kingma & Ba 2015, algorithm 1), with bias correction. The paper of the Neural GPU uses ε = 1e-4 [KS16, §3].

import { add, div, mul, sqrt, sub } from "../../core/expr.ts"
import type { Optimizer } from "./optimizer.ts"

export interface AdamOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}
export const adamDefaults: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-4 }

export const adam = (options: Partial<AdamOptions> = {}): Optimizer => {
  const { beta1, beta2, epsilon } = { ...adamDefaults, ...options }
  return {
    name: "adam",
    slots: ["first moment", "second moment"],
    direction: "first moment",
    scalars: { "beta1 power": 1, "beta2 power": 1 },
    numbers: ["rate", "correction1", "correction2"],
    advance: (rate, scalars) => ({
      rate,
      correction1: 1 - (scalars["beta1 power"] *= beta1),
      correction2: 1 - (scalars["beta2 power"] *= beta2),
    }),
    update: ({ weights, gradient: g, "first moment": m, "second moment": v, rate, correction1, correction2 }) => ({
      "first moment": add(mul(beta1, m), mul(1 - beta1, g)),
      "second moment": add(mul(beta2, v), mul(mul(1 - beta2, g), g)),
      weights: sub(weights, div(mul(rate, div(m, correction1)), add(sqrt(div(v, correction2)), epsilon))),
    }),
  }
}
