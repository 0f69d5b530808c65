// How far damage spreads: the difference between the damaged run and the healthy one.

import type { Frame } from "../../src/inference/trace.ts"

type State = Pick<Frame, "tensors">

/**
 * The mean distance over all numbers of each place, for every step.
 * @param places length of the memory
 * @returns [steps, places]; 0 where both runs are the same
 */
export function spread(damaged: readonly State[], healthy: readonly State[], tensor: string, places: number) {
  const rows = Math.min(damaged.length, healthy.length)
  const out = new Float32Array(rows * places)
  for (let t = 0; t < rows; t++) {
    const [a, b] = [damaged[t].tensors[tensor], healthy[t].tensors[tensor]]
    if (!a || !b || damaged[t] === healthy[t]) continue
    const each = a.length / places
    for (let i = 0; i < a.length; i++) out[t * places + Math.floor(i / each)] += Math.abs(a[i] - b[i]) / each
  }
  return out
}
