// How much memory a question needs, and how many examples are computed at once.

import type { Backend } from "../backends/backend.ts"
import { layoutOf } from "../backends/layout.ts"
import { UserError } from "../core/errors.ts"
import type { Member } from "./member.ts"

const BYTES_PER_NUMBER = 4
/** Approximate limit for the bytes of examples and logits in one wave. */
const WAVE_BYTES = 2 ** 28
/** From this length on, one block is enough work for a thread. */
const LONG = 200

/** Bytes that blocks of this length take, on as many threads. */
function bytesOf(members: readonly Member[], length: number, blocks: number, threads: number): number {
  const layouts = members.map(({ plan, encoding }) => layoutOf(plan, length, encoding.steps(length)))
  return BYTES_PER_NUMBER * Math.max(...layouts.map((l) => 2 * blocks * l.ioSize + threads * l.arenaSize))
}

/**
 * Refuses questions that do not fit into memory.
 * @param length of the questions, in places
 * @param bytes memory of the machine
 * @param question names the question in the error
 * @param blocks lane blocks that are computed at once, one a thread
 * @throws UserError with the bytes needed and available
 */
export function requireFits(
  members: readonly Member[],
  length: number,
  bytes: number,
  question: string,
  blocks = 1,
): void {
  const takes = bytesOf(members, length, blocks, blocks)
  if (takes > bytes)
    throw new UserError(
      `${question} needs ${gigabytes(takes)} GB of memory, expected at most ${gigabytes(bytes)} GB; use a smaller size`,
    )
}

/** Lane blocks in one wave, for examples of this length in places. `bytes`: memory of the machine. */
export function blocksPerWave(members: readonly Member[], { workers }: Backend, length: number, bytes: number): number {
  const fit = Math.floor(WAVE_BYTES / bytesOf(members, length, 0.5, 0))
  const threads = Math.floor(bytes / bytesOf(members, length, 1, 1))
  return Math.max(1, Math.min(fit, threads < workers ? threads : length < LONG ? 4 * workers : workers))
}

export const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)
