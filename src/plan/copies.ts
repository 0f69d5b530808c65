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
  for (const { offset, size, copies } of copied) {
    const copy = (c: number) => values.subarray(offset + c * size, offset + (c + 1) * size)
    const first = take === "first" ? copy(0) : meanOf(copy, size, copies)
    for (let c = 0; c < copies; c++)
      if (take === "fold" && c > 0) copy(c).fill(0)
      else copy(c).set(first)
  }
}

function meanOf(copy: (c: number) => Float32Array | Float64Array, size: number, copies: number): Float64Array {
  const mean = new Float64Array(size)
  for (let c = 0; c < copies; c++) {
    const own = copy(c)
    for (let i = 0; i < size; i++) mean[i] += own[i]
  }
  for (let i = 0; i < size; i++) mean[i] /= copies
  return mean
}
