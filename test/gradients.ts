// The gradient checker: reverse mode against central differences, both in float64 by the reference backend.

import { interpret } from "../src/backends/reference/index.ts"
import type { Plan } from "../src/plan/plan.ts"
import { plan } from "../src/plan/planner.ts"
import { options, randomBlock, sharedValues } from "./engine.ts"

/**
 * Half the distance of the two points of a central difference: its error is about h², rounding's about
 * 1e-16/h.
 */
const H = 1e-5
/** Largest error of a gradient, in units of max(1, the tensor's largest gradient). */
export const GRADIENT_TOLERANCE = 1e-7

/**
 * Checks every gradient of a plan, which must have an output `loss` with one number per example.
 * @throws Error that names the first wrong gradient
 */
export function checkGradients(p: Plan, { length, steps = length, lanes = [0, 5], seed = 3 }: CheckOptions): void {
  const block = randomBlock(p, length, steps, 32)
  const shared = Float64Array.from(sharedValues(p, seed))
  const forward = plan(p.graph, { outputs: { loss: p.options.outputs.loss } })
  for (const lane of lanes) {
    const lossAt = (i: number, x: number) => {
      const before = shared[i]
      shared[i] = x
      const { outputs } = interpret(forward, shared, block, lane, options)
      shared[i] = before
      return outputs.loss.reduce((a, b) => a + b, 0)
    }
    const { gradient } = interpret(p, shared, block, lane, options)
    for (const { name, offset, size, trainable } of p.shared) {
      if (!trainable) continue
      const scale = gradient.subarray(offset, offset + size).reduce((a, b) => Math.max(a, Math.abs(b)), 1)
      for (let i = offset; i < offset + size; i++) {
        const slope = (lossAt(i, shared[i] + H) - lossAt(i, shared[i] - H)) / (2 * H)
        const error = Math.abs(slope - gradient[i]) / scale
        if (!(error <= GRADIENT_TOLERANCE))
          throw new Error(
            `gradient of ${name}[${i - offset}]: got ${gradient[i]}, expected ${slope} (length ${length})`,
          )
      }
    }
  }
}

export interface CheckOptions {
  readonly length: number
  readonly steps?: number
  readonly lanes?: readonly number[]
  readonly seed?: number
}
