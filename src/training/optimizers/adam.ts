// Adam (Kingma & Ba 2015, algorithm 1), with bias correction. The paper of the Neural GPU uses ε = 1e-4 [KS16, §3].

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
    scalars: { "beta1 power": 1, "beta2 power": 1 },
    step(parameters, gradient, rate, { slots, scalars }) {
      const m = slots["first moment"]
      const v = slots["second moment"]
      const power1 = (scalars["beta1 power"] *= beta1)
      const power2 = (scalars["beta2 power"] *= beta2)
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        parameters[i] -= (rate * (m[i] / (1 - power1))) / (Math.sqrt(v[i] / (1 - power2)) + epsilon)
      }
    },
  }
}
