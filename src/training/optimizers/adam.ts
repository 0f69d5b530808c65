// Adam, with bias correction [Kingma & Ba 2015, algorithm 1].

import { add, div, mul, sqrt, sub } from "../../core/expr.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import type { Optimizer } from "./optimizer.ts"

const fields = {
  beta1: number(0.9, "Decay of the first moment.", { min: 0, below: 1, source: "Kingma & Ba 2015" }),
  beta2: number(0.999, "Decay of the second moment.", { min: 0, below: 1, source: "Kingma & Ba 2015" }),
  epsilon: number(1e-4, "Added to the square root of the second moment.", { min: 0, source: "KS16 §3" }),
}

export const adam = {
  fields,
  arrays: ["first moment", "second moment"],
  momentum: ["first moment"],
  begin: () => ({ "beta1 power": 1, "beta2 power": 1 }),
  told: ["rate", "correction1", "correction2"],
  next: ({ beta1, beta2 }, numbers, rate) => ({
    rate,
    correction1: 1 - (numbers["beta1 power"] *= beta1),
    correction2: 1 - (numbers["beta2 power"] *= beta2),
  }),
  update(options, { weights, gradient: g, "first moment": m, "second moment": v, rate, correction1, correction2 }) {
    const { beta1, beta2, epsilon } = options
    return {
      "first moment": add(mul(beta1, m), mul(1 - beta1, g)),
      "second moment": add(mul(beta2, v), mul(mul(1 - beta2, g), g)),
      weights: sub(weights, div(mul(rate, div(m, correction1)), add(sqrt(div(v, correction2)), epsilon))),
    }
  },
} as const satisfies Optimizer<ValuesOf<typeof fields>>
