// Stochastic gradient descent with heavy-ball momentum [Polyak 1964]: v ← μ·v + g; w ← w − rate·v.

import { add, mul, sub } from "../../core/expr.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import type { Optimizer } from "./optimizer.ts"

const fields = { momentum: number(0.9, "Decay of the velocity, μ.", { min: 0, below: 1 }) }

export const sgd = {
  fields,
  arrays: ["velocity"],
  momentum: ["velocity"],
  begin: () => ({}),
  told: ["rate"],
  next: (_options, _numbers, rate) => ({ rate }),
  update: ({ momentum }, { weights, gradient, velocity, rate }) => ({
    velocity: add(mul(momentum, velocity), gradient),
    weights: sub(weights, mul(rate, velocity)),
  }),
} as const satisfies Optimizer<ValuesOf<typeof fields>>
