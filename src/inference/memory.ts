// How much memory a question needs, and how many examples are computed at once.

import type { Backend } from "../backends/backend.ts"
import { type Layout, layoutOf } from "../backends/layout.ts"
import { UserError } from "../core/errors.ts"
import type { Member } from "./member.ts"

const BYTES_PER_NUMBER = 4
/** Approximate limit for the bytes of examples and logits in one wave. */
const WAVE_BYTES = 2 ** 28
/** From this length on, one block is enough work for a thread. */
const LONG = 200

const most = (members: readonly Member[], length: number, size: (layout: Layout) => number) =>
  Math.max(...members.map(({ plan, encoding }) => size(layoutOf(plan, length, encoding.steps(length)))))

/**
 * Refuses questions that do not fit into memory.
 * @param length of the questions, in places
 * @param bytes memory of the machine
 * @param question names the question in the error
 * @throws UserError with the bytes needed and available
 */
export function requireFits(members: readonly Member[], length: number, bytes: number, question: string): void {
  const takes = BYTES_PER_NUMBER * most(members, length, ({ ioSize, arenaSize }) => 2 * ioSize + arenaSize)
  if (takes > bytes)
    throw new UserError(
      `${question} needs ${gigabytes(takes)} GB of memory, expected at most ${gigabytes(bytes)} GB; use a smaller size`,
    )
}

/** Lane blocks in one wave, for examples of this length in places. */
export function blocksPerWave(members: readonly Member[], { workers }: Backend, length: number): number {
  const fit = Math.floor(WAVE_BYTES / (BYTES_PER_NUMBER * most(members, length, ({ ioSize }) => ioSize)))
  return Math.max(1, Math.min(fit, length < LONG ? 4 * workers : workers))
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)
