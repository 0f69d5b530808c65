// Explains one number of the state: the gates and the candidate that made it, down to the products of their
// weighted sums. It needs only a trace and the weights, and computes one cell at a time in float64. It is
// made to be read by people, not to be fast.

import { type Expr, evaluate, hardSigmoid, hardTanh, input, sigmoidCutoff, tanh } from "../core/expr.ts"
import type { NeuralGpuOptions } from "../models/neural-gpu.ts"
import { shiftOf } from "../ops/shift.ts"
import type { Frame } from "./trace.ts"
import type { Weights } from "./weights.ts"

/** Place along the length, column, channel. */
export interface Cell {
  readonly l: number
  readonly w: number
  readonly m: number
}

/** One product in a weighted sum. */
export interface Term extends Cell {
  readonly x: number
  readonly weight: number
}

/** A gate or a candidate: bias + Σ x·weight, followed by the non-linearity. */
export interface WeightedSum {
  readonly bias: number
  readonly terms: readonly Term[]
  readonly sum: number
  readonly value: number
}

/** value = update · old + (1 − update) · candidate */
export interface CellStory {
  readonly layer: string
  readonly update: WeightedSum
  /**
   * The reset gate at this cell. The candidate's terms hold the state times the reset gate of their own
   * cells.
   */
  readonly reset: WeightedSum
  readonly candidate: WeightedSum
  /**
   * The old value that the update gate carries over: of this cell or, in the diagonal form, of its neighbor
   * along the length. `from` is undefined beyond the end.
   */
  readonly old: { readonly from: Cell | undefined; readonly value: number }
  readonly value: number
}

const at = (e: Expr, x: number) => evaluate(e, { input: () => x, coordinate: () => 0, step: 0, random: () => 0 })

/**
 * Explains how one step made this cell. There is one story for each layer; the last one's value is the new
 * state.
 */
export function explainCell(
  options: NeuralGpuOptions,
  weights: Weights,
  before: Frame,
  after: Frame,
  cell: Cell,
): CellStory[] {
  const { form, maps: M, width: W, layers, cutoff, copies } = options
  const L = before.tensors.state.length / (W * M)
  const [gate, squash] =
    form === "diagonal"
      ? [hardSigmoid(input(0)), hardTanh(input(0))]
      : [sigmoidCutoff(input(0), cutoff), tanh(input(0))]
  /** The parameters that this step used: with copies, those whose turn it was. */
  const numbers = (name: string) => {
    const all = weights.get(name)?.data as Float32Array
    const size = all.length / copies
    return all.subarray((before.step % copies) * size, ((before.step % copies) + 1) * size)
  }
  const inside = (l: number, w: number) => l >= 0 && l < L && w >= 0 && w < W
  const stories: CellStory[] = []
  let state = before.tensors.state
  for (let layer = 0; layer < layers; layer++) {
    const name = `${form === "diagonal" ? "dcgru" : "cgru"}${layer}`
    const read = (from: (i: number) => number, kind: string, f: Expr): WeightedSum => {
      const kernel = numbers(`${name}/${kind}/kernel`) // [kh, kw, M in, M out]
      const kw = W === 1 ? 1 : 3
      const bias = numbers(`${name}/${kind}/bias`)[cell.m]
      const terms: Term[] = []
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < kw; j++) {
          const [l, w] = [cell.l + i - 1, cell.w + j - (kw >> 1)]
          if (!inside(l, w)) continue
          for (let m = 0; m < M; m++)
            terms.push({ l, w, m, x: from((l * W + w) * M + m), weight: kernel[((i * kw + j) * M + m) * M + cell.m] })
        }
      const sum = terms.reduce((total, t) => total + t.x * t.weight, bias)
      return { bias, terms, sum, value: at(f, sum) }
    }
    const resets = after.tensors[`${name}/reset`]
    const memory = state
    const update = read((i) => memory[i], "update", gate)
    const reset = read((i) => memory[i], "reset", gate)
    const candidate = read((i) => resets[i] * memory[i], "candidate", squash)
    const l = cell.l + (form === "diagonal" ? shiftOf(cell.m, M, 1) : 0)
    const from = inside(l, cell.w) ? { l, w: cell.w, m: cell.m } : undefined
    const old = { from, value: from ? memory[(l * W + cell.w) * M + cell.m] : 0 }
    const value = update.value * old.value + (1 - update.value) * candidate.value
    stories.push({ layer: name, update, reset, candidate, old, value })
    state = after.tensors[`${name}/state`]
  }
  return stories
}
