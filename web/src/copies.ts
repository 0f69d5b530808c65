// Parameter-sharing relaxation, for display: how far each copy of the parameters is from the mean of all,
// weight by weight. It needs only a saved step, so that past steps can be displayed like the current one.

import { inputOp } from "../../src/core/graph.ts"
import { isOf } from "../../src/core/op.ts"
import { buildModel, type ModelConfig } from "../../src/models/index.ts"
import { answering } from "../../src/models/model.ts"
import type { Snapshot } from "../../src/training/events.ts"

/**
 * The weights of one kernel that connect the same place of consecutive states: rows are input channels,
 * columns output channels.
 */
export interface Square {
  readonly name: string
  /** Each copy's signed distances from the mean, [rows, columns]. */
  readonly off: readonly Float32Array[]
}

export interface Copies {
  readonly step: number
  /** Current strength of the pull to the mean; null: the initial one. */
  readonly pull: number | null
  /** Whether the copies have been merged into one. */
  readonly one: boolean
  readonly squares: readonly Square[]
  /** Channels along each side of a square. */
  readonly side: number
  /**
   * The distance at full color: the bound of the initial weights, so that pictures of different steps are
   * comparable.
   */
  readonly full: number
  /** For each copy, the root mean square over all weights of the distance from the mean of all copies. */
  readonly distances: readonly number[]
}

/** The state of src/training/techniques/relaxation.ts. */
type Relaxation = Pick<Copies, "pull"> & { readonly averaged: boolean }

/** The most channels drawn of a larger model, because the picture has limited space. */
const MOST_SIDE = 32

export const copiesIn = (model: ModelConfig): number => (model.name === "neural-gpu" ? model.copies : 1)

/** The copies at a step; undefined for a model with a single set of parameters. */
export function copiesAt({ step, tensors, state }: Snapshot, model: ModelConfig): Copies | undefined {
  const copies = copiesIn(model)
  const names = copies > 1 ? namesOf(model) : new Set()
  const relaxed = [...tensors].filter(([name]) => names.has(name))
  if (relaxed.length === 0) return undefined
  const squares: Square[] = []
  const squared = new Float64Array(copies)
  let count = 0
  let side = 0
  let full = 0
  for (const [name, { shape, data }] of relaxed) {
    const size = data.length / copies
    const mean = new Float64Array(size)
    for (let i = 0; i < data.length; i++) mean[i % size] += data[i] / copies
    for (let i = 0; i < data.length; i++) squared[Math.floor(i / size)] += (data[i] - mean[i % size]) ** 2
    count += size
    if (shape.length !== 5) continue
    const [, rows, columns, M] = shape
    side = Math.min(M, MOST_SIDE)
    full = Math.sqrt(3 / (rows * columns * M)) // Glorot's bound, for as many output as input channels
    const centre = ((rows >> 1) * columns + (columns >> 1)) * M * M
    const at = (i: number) => centre + Math.floor(i / side) * M + (i % side)
    const off = Array.from({ length: copies }, (_, c) =>
      Float32Array.from({ length: side * side }, (_, i) => data[c * size + at(i)] - mean[at(i)]),
    )
    squares.push({ name: name.replace("/kernel", ""), off })
  }
  const distances = Array.from(squared, (sum) => Math.sqrt(sum / count))
  const { pull, averaged } = state.techniques.relaxation as Relaxation
  return { step, pull, one: averaged, squares, side, full, distances }
}

/** The names of parameters with copies. They do not depend on the number of symbols. */
function namesOf(model: ModelConfig): ReadonlySet<string> {
  const { graph } = buildModel(model, { kind: "symbols", symbols: 2 }, answering)
  const inputs = graph.nodes.filter((node) => isOf(node, inputOp)).map(({ attributes }) => attributes)
  return new Set(inputs.filter((input) => input.role === "parameter" && input.copies > 1).map((input) => input.name))
}
