// RMSProp in the form of Graves 2013 (eqs 38 to 45), centred, with momentum: what the Neural Turing Machine was trained with.

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
    scalars: {},
    step(parameters, gradient, rate, { slots }) {
      const { mean, velocity } = slots
      const square = slots["mean square"]
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]
        mean[i] = decay * mean[i] + (1 - decay) * g
        square[i] = decay * square[i] + (1 - decay) * g * g
        const variance = Math.max(0, square[i] - mean[i] * mean[i])
        velocity[i] = momentum * velocity[i] - (rate * g) / Math.sqrt(variance + epsilon)
        parameters[i] += velocity[i]
      }
    },
  }
}
