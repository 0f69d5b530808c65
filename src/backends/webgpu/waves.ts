// How the lane blocks of a run lie in the device's memory. All blocks of a wave run at once, each with an arena of its own; what does not
// fit into the device's largest buffer waits for the next wave.

import { UserError } from "../../core/errors.ts"
import type { Plan } from "../../core/plan.ts"
import { LANES } from "../../kernel/language.ts"
import { recordHeader, recordSize } from "../../kernel/wgsl-program.ts"
import type { Block, RunOptions } from "../backend.ts"
import { type Layout, layoutRun } from "../layout.ts"

export interface Placed {
  /** Its number in the run. */
  readonly block: number
  readonly layout: Layout
  /** Floats into the memory. */
  readonly io: number
  readonly arena: number
}

export interface Wave {
  /** Most steps first, so that the blocks that still have steps to do stand first. */
  readonly placed: readonly Placed[]
  readonly ioSize: number
  readonly floats: number
}

/** Distributes the blocks; throws a sentence where one alone is too large. */
export function wavesOf(plan: Plan, blocks: readonly Block[], mostBytes: number): Wave[] {
  const { placed } = layoutRun(plan, blocks)
  const order = blocks.map((_, i) => i).sort((a, b) => blocks[b].steps - blocks[a].steps || a - b)
  const floatsOf = (i: number) => placed[i].layout.ioSize + placed[i].layout.arenaSize
  const groups: number[][] = []
  let floats = 0
  for (const i of order) {
    const own = floatsOf(i)
    if (4 * own > mostBytes) {
      const advice = plan.gradient && plan.options.memory !== "recompute" ? ', memory "recompute"' : ""
      const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1)
      throw new UserError(
        `webgpu: length ${blocks[i].length} with ${blocks[i].steps} steps needs ${gigabytes(4 * own)} GiB, and this device's largest buffer has ${gigabytes(mostBytes)} GiB; use a shorter length${advice}, or --device native`,
      )
    }
    if (groups.length === 0 || 4 * (floats + own) > mostBytes) {
      groups.push([])
      floats = 0
    }
    groups[groups.length - 1].push(i)
    floats += own
  }
  return groups.map((group) => {
    let io = 0
    const ioSize = group.reduce((sum, i) => sum + placed[i].layout.ioSize, 0)
    let arena = ioSize
    const out = group.map((block): Placed => {
      const { layout } = placed[block]
      const at = { block, layout, io, arena }
      io += layout.ioSize
      arena += layout.arenaSize
      return at
    })
    return { placed: out, ioSize, floats: arena }
  })
}

/** The records of a wave: what its stages know of each block. */
export function recordsOf(plan: Plan, wave: Wave, blocks: readonly Block[], options: RunOptions): Int32Array {
  const size = recordSize(plan)
  const records = new Int32Array(size * wave.placed.length)
  wave.placed.forEach(({ block, layout, io, arena }, i) => {
    const { length, steps, firstExample } = blocks[block]
    const values = {
      L: length,
      T: steps,
      step: 0,
      seed: options.seed | 0,
      trainStep: options.trainStep | 0,
      firstExample,
      arena,
      io,
      arenaElements: layout.arenaSize / LANES,
    }
    records.set(
      recordHeader.map((name) => values[name]),
      i * size,
    )
    records.set(
      layout.table.map((floats, t) => (plan.buffers[t >> 1].lane ? floats / LANES : 0)),
      i * size + recordHeader.length,
    )
  })
  return records
}

/** Bytes of the block that takes most. */
export const bytesOfLargest = (plan: Plan, blocks: readonly Block[]): number =>
  Math.max(0, ...layoutRun(plan, blocks).placed.map(({ layout }) => 4 * (layout.ioSize + layout.arenaSize)))
