// Stochastic gradient descent with (heavy-ball) momentum (Polyak 1964): v ← μ·v + g; w ← w − rate·v.

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
    scalars: {},
    step(parameters, gradient, rate, { slots: { velocity } }) {
      for (let i = 0; i < parameters.length; i++) {
        velocity[i] = momentum * velocity[i] + gradient[i]
        parameters[i] -= rate * velocity[i]
      }
    },
  }
}
