// Parameters with copies (parameter-sharing relaxation), and what the copies of a number say together.

/** A parameter with copies (parameter-sharing relaxation): where it begins among the weights, numbers in one copy, copies. */
export interface Copies {
  readonly offset: number
  readonly size: number
  readonly copies: number
}

/**
 * What each number becomes from its counterparts in all copies of its parameter. "mean": their mean; "fold": the mean in the
 * first copy and 0 in the others; "first": that of the first copy. A parameter without copies keeps its numbers.
 */
export type OverCopies = "mean" | "fold" | "first"

/** Replaces each number by what its counterparts in all copies say, in place. */
export function overCopies(values: Float32Array | Float64Array, copied: readonly Copies[], take: OverCopies): void {
  for (const { offset, size, copies } of copied)
    for (let i = offset; i < offset + size; i++) {
      let mean = 0
      for (let c = 0; c < copies; c++) mean += values[i + c * size]
      mean /= copies
      const first = take === "first" ? values[i] : mean
      values[i] = first
      for (let c = 1; c < copies; c++) values[i + c * size] = take === "fold" ? 0 : first
    }
}
