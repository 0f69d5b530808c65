// Parameters with copies (parameter-sharing relaxation [KS16 §3]), and reductions over the copies.

/** A parameter with copies: its offset among the weights, the size of one copy, and the number of copies. */
export interface Copies {
  readonly offset: number
  readonly size: number
  readonly copies: number
}

/**
 * How each number is replaced from its counterparts in all copies. "mean": by their mean. "fold": by the mean
 * in the first copy and 0 in the others. "first": by the first copy's. Parameters without copies do not
 * change.
 */
export type OverCopies = "mean" | "fold" | "first"

/** Replaces every number by the reduction over its counterparts in all copies, in place. */
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
