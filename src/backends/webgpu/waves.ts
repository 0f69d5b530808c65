// Places the lane blocks of a run in device memory. All blocks of a wave run at once, each with a separate
// arena. Blocks that do not fit into the device's largest buffer run in the next wave.

import { UserError } from "../../core/errors.ts"
import { LANES } from "../../core/lanes.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Block, RunOptions } from "../backend.ts"
import { type Layout, layoutRun } from "../layout.ts"
import { recordHeader, recordSize } from "./program.ts"

export interface Placed {
  /** Its index in the run. */
  readonly block: number
  readonly layout: Layout
  /** Offset in the memory, in floats. */
  readonly io: number
  readonly arena: number
  /** Offset in the half-precision memory, in f16 numbers. */
  readonly halves: number
}

export interface Wave {
  /** Most steps first, so that the blocks that are still running form a prefix. */
  readonly placed: readonly Placed[]
  readonly ioSize: number
  readonly floats: number
  readonly halves: number
}

/** Distributes blocks over waves. Throws a UserError if one block alone is too large. */
export function wavesOf(plan: Plan, blocks: readonly Block[], mostBytes: number, halved = false): Wave[] {
  const { placed } = layoutRun(plan, blocks, halved)
  const order = blocks.map((_, i) => i).sort((a, b) => blocks[b].steps - blocks[a].steps || a - b)
  const groups: number[][] = []
  let used = [0, 0]
  for (const i of order) {
    const own = bytesOf(placed[i].layout)
    const most = Math.max(...own)
    if (most > mostBytes) {
      const advice = plan.gradient && plan.options.memory !== "recompute" ? ', memory "recompute"' : ""
      const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1)
      throw new UserError(
        `webgpu: length ${blocks[i].length} with ${blocks[i].steps} steps needs ${gigabytes(most)} GiB, and this device's largest buffer has ${gigabytes(mostBytes)} GiB; use a shorter length${advice}, or --device native`,
      )
    }
    if (groups.length === 0 || own.some((bytes, b) => used[b] + bytes > mostBytes)) {
      groups.push([])
      used = [0, 0]
    }
    groups[groups.length - 1].push(i)
    used = used.map((bytes, b) => bytes + own[b])
  }
  return groups.map((group) => {
    let io = 0
    const ioSize = group.reduce((sum, i) => sum + placed[i].layout.ioSize, 0)
    let arena = ioSize
    let halves = 0
    const out = group.map((block): Placed => {
      const { layout } = placed[block]
      const at = { block, layout, io, arena, halves }
      io += layout.ioSize
      arena += layout.arenaSize
      halves += layout.halvesSize
      return at
    })
    return { placed: out, ioSize, floats: arena, halves }
  })
}

/** The sizes of both memories in bytes: full precision, half precision. */
const bytesOf = ({ ioSize, arenaSize, halvesSize }: Layout) => [4 * (ioSize + arenaSize), 2 * halvesSize]

/** The records of a wave: what its stages read about each block. */
export function recordsOf(plan: Plan, wave: Wave, blocks: readonly Block[], options: RunOptions): Int32Array {
  const size = recordSize(plan)
  const records = new Int32Array(size * wave.placed.length)
  wave.placed.forEach(({ block, layout, io, arena, halves }, i) => {
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
      halves,
      halvesElements: layout.halvesSize / LANES,
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

/** Bytes of one memory that the largest block needs. */
export const bytesOfLargest = (plan: Plan, blocks: readonly Block[], halved = false): number =>
  Math.max(0, ...layoutRun(plan, blocks, halved).placed.flatMap(({ layout }) => bytesOf(layout)))
