// Examples side by side: how the numbers of up to LANES examples lie in a block.

import { LANES } from "../core/lanes.ts"

/**
 * Packs one tensor of each example into a block's tensor, with lanes innermost. Lanes without an example hold
 * zeros.
 * @param examples at most LANES tensors of one size
 * @returns examples[0].length · LANES numbers
 * @example packLanes([[1, 2], [3, 4]]) // 1, 3, 0, … 2, 4, 0, …
 */
export function packLanes(examples: readonly ArrayLike<number>[]): Float32Array {
  if (examples.length < 1 || examples.length > LANES)
    throw new RangeError(`packLanes: got ${examples.length} examples, expected 1 to ${LANES}`)
  const [{ length }] = examples
  const packed = new Float32Array(length * LANES)
  for (const [lane, example] of examples.entries()) {
    if (example.length !== length)
      throw new RangeError(`packLanes: example ${lane} has ${example.length} numbers, expected ${length} as the first`)
    for (let i = 0; i < length; i++) packed[i * LANES + lane] = example[i]
  }
  return packed
}

/**
 * The tensor of one example in a block's tensor.
 * @param lane from 0 to LANES - 1
 * @example unpackLane(outputs[0].y, 3)
 */
export function unpackLane(packed: Float32Array, lane: number): Float32Array {
  if (!(Number.isInteger(lane) && lane >= 0 && lane < LANES))
    throw new RangeError(`unpackLane: got lane ${lane}, expected 0 to ${LANES - 1}`)
  return Float32Array.from({ length: packed.length / LANES }, (_, i) => packed[i * LANES + lane])
}
