// Two small state machines over measurements decide when a run has succeeded. The trained sizes must be
// learned, then the goal beyond them must be met.

import * as v from "valibot"
import { custom, number, orNull, share, type ValuesOf, whole } from "../schema/index.ts"
import type { TrainEvent, TrainState } from "./events.ts"

export const learnedFields = {
  every: whole(25, "Steps between checks of the longest trained size.", { min: 1 }),
  exact: share(1, "Share of right answers that these checks need, twice in a row."),
}

export const goalFields = {
  size: whole(200, "Size at which generalization is measured; not trained on.", { min: 1, flag: "--goal-size <n>" }),
  samples: whole(64, "Fresh random examples of that size; hard examples are checked as well.", {
    min: 1,
    flag: "--goal-samples <n>",
  }),
  bits: orNull(
    number(0.01, "Tasks on vectors: upper limit for the mean cross-entropy of an answer, in bits.", {
      above: 0,
      source: "NTM §4.1: near zero",
    }),
    null,
  ),
  families: whole(
    0,
    "Fresh examples of each family of worst cases that are checked, too, at twice the longest trained size and at that size.",
    { min: 0, flag: "--goal-families <n>" },
  ),
  times: whole(3, "Measurements in a row in which all answers must be right.", { min: 1, flag: "--goal-times <n>" }),
  every: whole(50, "Steps between measurements of the goal.", { min: 1 }),
  confirm: custom<{ readonly size: number; readonly samples: number } | null>(
    v.nullable(
      v.strictObject({
        size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
        samples: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      }),
    ),
    "null, or a size and a number of samples",
    null,
    "A final measurement at a larger size, on random examples, before the goal counts as met.",
  ),
}
export type GoalConfig = ValuesOf<typeof goalFields>

/** Fresh examples in a check of the longest trained size. */
export const LEARNED_SAMPLES = 32
/** Checks in a row that must succeed. */
export const LEARNED_TIMES = 2

/** A cheap probe precedes each measurement of the goal, at this many times the longest trained size. */
export const PROBE_FACTOR = 2
/** Examples of that probe. */
export const PROBE_SAMPLES = 32

type Learned = TrainState["learned"]
type Goal = TrainState["goal"]

/** The state after a check with this share of right answers. Sizes that are learned stay learned. */
export function learnedAfter(before: Learned, exact: number, wanted: number, step: number): Learned {
  const streak = exact >= wanted ? before.streak + 1 : 0
  return { streak, since: before.since ?? (streak >= LEARNED_TIMES ? step : null) }
}

/** The state after a measurement of the goal. A measurement that fails ends the streak. */
export const goalAfter = (before: Goal, met: boolean, symbol: number): Goal => ({
  streak: met ? before.streak + 1 : 0,
  symbol,
})

export const isMet = (goal: Goal, { times }: Pick<GoalConfig, "times">): boolean => goal.streak >= times

/**
 * What a measurement asks: random examples, all hard ones, or `samples` of each family of worst cases. Of a
 * task from pairs, "trained" means pairs that are trained on, and "random" those that are kept for tests;
 * otherwise both are random examples.
 */
export type Asked = "trained" | "random" | "hard" | "families"

/** A measurement to take: fresh examples of a size. */
export interface Wanted {
  readonly size: number
  readonly samples: number
  readonly asked: Asked
}
/** The result of a measurement. `right`: it satisfies the goal. */
export interface Found {
  readonly right: boolean
  readonly exact: number
  readonly symbol: number
}
/** Takes a measurement and yields events meanwhile. */
export type Measure = (wanted: Wanted) => AsyncGenerator<TrainEvent, Found>

/**
 * The measurements of the goal, in order. The final one, at a larger size, is due only if the streak would be
 * complete.
 */
export function goalMeasurements(
  { size, samples, families, times, confirm }: GoalConfig,
  { longest, streak, hasHard }: { readonly longest: number; readonly streak: number; readonly hasHard: boolean },
): readonly Wanted[] {
  const near = Math.min(size, PROBE_FACTOR * longest)
  const worst = (size: number): Wanted[] => (families > 0 ? [{ size, samples: families, asked: "families" }] : [])
  return [
    { size: near, samples: PROBE_SAMPLES, asked: "random" },
    ...worst(near),
    { size, samples, asked: "random" },
    ...(hasHard ? [{ size, samples, asked: "hard" } as const] : []),
    ...worst(size),
    ...(confirm !== null && streak + 1 >= times ? [{ ...confirm, asked: "random" } as const] : []),
  ]
}

/** Takes measurements until one fails, and returns the state of the goal. */
export async function* measureGoal(
  goal: GoalConfig,
  before: Goal,
  measurements: readonly Wanted[],
  measure: Measure,
): AsyncGenerator<TrainEvent, Goal> {
  let { symbol } = before
  for (const wanted of measurements) {
    const found = yield* measure(wanted)
    if (wanted.size <= goal.size) symbol = found.symbol
    if (!found.right) return goalAfter(before, false, symbol)
  }
  return goalAfter(before, true, symbol)
}
