// Parameter-sharing relaxation as numbers to look at: how far each copy of the parameters is from the mean of
// all, weight by weight. A saved step is enough to make them, so that the past can be looked at as the
// present.

import { inputOp } from "../../src/core/graph.ts"
import { isOf } from "../../src/core/op.ts"
import { buildModel, type ModelConfig } from "../../src/models/index.ts"
import { answering } from "../../src/models/model.ts"
import type { Snapshot } from "../../src/training/events.ts"

/**
 * Weights of one kernel between the same place before and after: rows are channels it reads, columns channels
 * it makes.
 */
export interface Square {
  readonly name: string
  /** Each copy's signed distances from the mean, [rows, columns]. */
  readonly off: readonly Float32Array[]
}

export interface Copies {
  readonly step: number
  /** How strongly they are pulled to their mean; null: as in the beginning. */
  readonly pull: number | null
  /** The copies have become one. */
  readonly one: boolean
  readonly squares: readonly Square[]
  /** Channels along each side of a square. */
  readonly side: number
  /**
   * Full color: the bound within which weights begin, so that pictures of different steps can be compared.
   */
  readonly full: number
  /**
   * Of each copy: how far a weight is from the mean of all copies, root of the mean square over all weights.
   */
  readonly distances: readonly number[]
}

/** The state of src/training/techniques/relaxation.ts. */
type Relaxation = Pick<Copies, "pull"> & { readonly averaged: boolean }

/** Channels that are drawn of a larger model: a picture has no room for more. */
const MOST_SIDE = 32

export const copiesIn = (model: ModelConfig): number => (model.name === "neural-gpu" ? model.copies : 1)

/** What there is to see of the copies at a step; undefined for a model that has one set of parameters. */
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
    full = Math.sqrt(3 / (rows * columns * M)) // Glorot's, for as many channels made as read
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

/** Parameters that have copies. How many symbols there are makes no difference to them. */
function namesOf(model: ModelConfig): ReadonlySet<string> {
  const { graph } = buildModel(model, { kind: "symbols", symbols: 2 }, answering)
  const inputs = graph.nodes.filter((node) => isOf(node, inputOp)).map(({ attributes }) => attributes)
  return new Set(inputs.filter((input) => input.role === "parameter" && input.copies > 1).map((input) => input.name))
}
