// Stochastic gradient descent with (heavy-ball) momentum (Polyak 1964): v ← μ·v + g; w ← w − rate·v.

import { add, mul, sub } from "../../core/expr.ts"
import type { Optimizer } from "./optimizer.ts"

export interface SgdOptions {
  readonly momentum: number
}
export const sgdDefaults: SgdOptions = { momentum: 0.9 }

export const sgd = (options: Partial<SgdOptions> = {}): Optimizer => {
  const { momentum } = { ...sgdDefaults, ...options }
  return {
    name: "sgd",
    slots: ["velocity"],
    direction: "velocity",
    scalars: {},
    numbers: ["rate"],
    advance: (rate) => ({ rate }),
    update: ({ weights, gradient, velocity, rate }) => ({
      velocity: add(mul(momentum, velocity), gradient),
      weights: sub(weights, mul(rate, velocity)),
    }),
  }
}
