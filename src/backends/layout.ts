// Memory layout of a plan's buffers for a given length and number of steps, and the collection of results.
// All CPU backends share it.

import { LANES } from "../core/lanes.ts"
import { sizeAt } from "../core/shape.ts"
import { contextFields } from "../kernel/language.ts"
import { type Buffer, elementsOf, type Plan, regionOf } from "../plan/plan.ts"
import type { Block, RunOptions, RunResult } from "./block.ts"

/** Offsets and sizes are in floats, in multiples of 16 (64 bytes). */
export interface Layout {
  /** For each buffer: its offset in its region, and the distance between its copies. */
  readonly table: readonly number[]
  readonly ioSize: number
  readonly arenaSize: number
  /** Size of the half-precision region, in f16 numbers. */
  readonly halvesSize: number
}

const align = (floats: number) => Math.ceil(floats / LANES) * LANES

export function layoutOf(plan: Plan, length: number, steps: number, halves = false): Layout {
  const table: number[] = []
  const used = { shared: 0, io: 0, arena: 0, halves: 0 }
  for (const buffer of plan.buffers) {
    const lanes = buffer.lane ? LANES : 1
    const region = regionOf(buffer, halves)
    table.push(used[region], sizeAt(buffer.shape, length) * lanes)
    used[region] += align(elementsOf(buffer, length, steps) * lanes)
  }
  return { table, ioSize: used.io, arenaSize: used.arena, halvesSize: used.halves }
}

/** Lays out all blocks of a run: one table per (length, steps), io regions one after another. */
export function layoutRun(plan: Plan, blocks: readonly Block[], halves = false) {
  const layouts: Layout[] = []
  const index = new Map<string, number>()
  let io = 0
  const placed = blocks.map((block) => {
    const key = `${block.length} ${block.steps}`
    let table = index.get(key)
    if (table === undefined) {
      table = layouts.push(layoutOf(plan, block.length, block.steps, halves)) - 1
      index.set(key, table)
    }
    const at = { table, io, layout: layouts[table] }
    io += layouts[table].ioSize
    return at
  })
  return { layouts, placed, ioSize: io, arenaSize: Math.max(0, ...layouts.map((l) => l.arenaSize)) }
}

/** The indices of blocks, longest first, so that no worker starts a long block last. */
export const byCost = (blocks: readonly Block[]): number[] =>
  blocks
    .map((_, i) => i)
    .sort((a, b) => blocks[b].length * blocks[b].steps - blocks[a].length * blocks[a].steps || a - b)

/** The context of a block's kernels, in the order of `contextFields`. */
export function contextOf(block: Block, { seed, trainStep }: RunOptions): number[] {
  const values = {
    L: block.length,
    T: block.steps,
    step: 0,
    seed: seed | 0,
    trainStep: trainStep | 0,
    firstExample: block.firstExample,
  }
  return contextFields.map((field) => values[field])
}

const offsetOf = (plan: Plan, layout: Layout, buffer: Buffer) => layout.table[2 * plan.buffers.indexOf(buffer)]

/** Copies a block's inputs into io memory. Throws if one is missing or has the wrong size. */
export function writeInputs(plan: Plan, layout: Layout, block: Block, io: Float32Array, at: number): void {
  for (const buffer of plan.inputs) {
    const values = block.inputs[buffer.name]
    const size = sizeAt(buffer.shape, block.length) * LANES
    if (values?.length !== size)
      throw new Error(`input ${buffer.name}: got ${values?.length ?? "nothing"}, expected ${size} numbers`)
    io.set(values, at + offsetOf(plan, layout, buffer))
  }
}

/**
 * Returns the outputs of each block as views, and gradients summed in the order of the blocks, in float64.
 */
export function readResults(
  plan: Plan,
  blocks: readonly Block[],
  placed: readonly { layout: Layout; io: number }[],
  io: Float32Array,
): RunResult {
  const outputs = blocks.map((block, i) =>
    Object.fromEntries(
      plan.outputs.map((buffer) => {
        const start = placed[i].io + offsetOf(plan, placed[i].layout, buffer)
        return [buffer.name, io.subarray(start, start + sizeAt(buffer.shape, block.length) * LANES)]
      }),
    ),
  )
  const { gradient } = plan
  const total = new Float64Array(gradient ? plan.trainableSize : 0)
  if (gradient)
    for (const { layout, io: at } of placed) {
      const start = at + offsetOf(plan, layout, gradient)
      for (let i = 0; i < total.length; i++) total[i] += io[start + i]
    }
  return { outputs, gradient: Float32Array.from(total) }
}
