// One promise of the program, and how it is tried.

import type { Random } from "../../src/core/rng.ts"

export interface Attempt {
  /** How many tries are wanted. */
  readonly tries: number
  /** An empty folder. */
  readonly folder: string
  readonly random: Random
  /** Counts one try. */
  tried(): void
  /** Counts a failure; `what` is enough to repeat it. */
  fail(what: string): void
}

export interface Promised {
  readonly name: string
  /** What a user may rely on. */
  readonly promise: string
  /** How it is tried, for the table. */
  readonly how: string
  /** Tries in the usual form, which takes minutes. */
  readonly tries: number
  /** Why it cannot be tried on this machine; undefined where it can. */
  whyNot(): string | undefined
  run(attempt: Attempt): Promise<void>
}

/** Runs some actions at the same time. `next` returns one, or undefined at the end. */
export async function atOnce(lanes: number, next: () => (() => Promise<void>) | undefined): Promise<void> {
  const lane = async () => {
    for (let action = next(); action !== undefined; action = next()) await action()
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** As many processes at once as this machine has cores, at most. */
export const LANES = 2

/** Picks one of a list. */
export const pick = <T>(from: Random, list: readonly T[]): T => list[from.below(list.length)]
