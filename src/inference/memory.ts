// How much memory questions take, and how many examples are computed at once.

import type { Backend } from "../backends/backend.ts"
import { type Layout, layoutOf } from "../backends/layout.ts"
import { UserError } from "../core/errors.ts"
import type { Member } from "./member.ts"

const BYTES_PER_NUMBER = 4
/** Bytes of examples and their logits that are held at once, about. */
const WAVE_BYTES = 2 ** 28
/** From this many places on, one block keeps a worker busy long enough. */
const LONG = 200

const most = (members: readonly Member[], length: number, size: (layout: Layout) => number) =>
  Math.max(...members.map(({ plan, encoding }) => size(layoutOf(plan, length, encoding.steps(length)))))

/** Refuses questions of this many places that do not fit.
 *  @param bytes of memory that there are
 *  @param question names it in the error
 *  @throws UserError with what it takes and what there is */
export function requireFits(members: readonly Member[], length: number, bytes: number, question: string): void {
  const takes = BYTES_PER_NUMBER * most(members, length, ({ ioSize, arenaSize }) => 2 * ioSize + arenaSize)
  if (takes > bytes)
    throw new UserError(
      `${question} takes ${gigabytes(takes)} GB of memory, more than the ${gigabytes(bytes)} GB there are; use a smaller size`,
    )
}

/** Lane blocks that are computed at once, for examples of this many places. */
export function blocksPerWave(members: readonly Member[], { workers }: Backend, length: number): number {
  const fit = Math.floor(WAVE_BYTES / (BYTES_PER_NUMBER * most(members, length, ({ ioSize }) => ioSize)))
  return Math.max(1, Math.min(fit, length < LONG ? 4 * workers : workers))
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)
