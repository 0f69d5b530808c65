// When a run has learned: the trained sizes first, then the goal beyond them. Both are small state machines over measurements.

import * as v from "valibot"
import { custom, number, orNull, share, type ValuesOf, whole } from "../schema/index.ts"
import type { TrainEvent, TrainState } from "./events.ts"

export const learnedFields = {
  every: whole(25, "Steps between checks whether the trained sizes are learned.", { min: 1 }),
  exact: share(1, "Share of fresh examples of the longest size that must be right, twice in a row."),
}

export const goalFields = {
  size: whole(200, "Size at which generalization is measured; never trained on.", { min: 1, flag: "--goal-size <n>" }),
  samples: whole(64, "Fresh random examples of that size; all hard ones must be right as well.", {
    min: 1,
    flag: "--goal-samples <n>",
  }),
  bits: orNull(
    number(0.01, "Tasks on vectors: bits below which the mean cross-entropy of an answer must be.", {
      above: 0,
      source: "NTM §4.1: near zero",
    }),
    null,
  ),
  times: whole(3, "Times in a row that all must be right.", { min: 1, flag: "--goal-times <n>" }),
  every: whole(50, "Steps between these measurements.", { min: 1 }),
  confirm: custom<{ readonly size: number; readonly samples: number } | null>(
    v.nullable(
      v.strictObject({
        size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
        samples: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      }),
    ),
    "null, or a size and a number of samples",
    null,
    "A last measurement further out, on random examples, before the goal counts as met.",
  ),
}
export type GoalConfig = ValuesOf<typeof goalFields>

/** Fresh examples of the longest trained size in a check whether it is learned, … */
export const LEARNED_SAMPLES = 32
/** … and checks in a row that must succeed. */
export const LEARNED_TIMES = 2

/** The first measurement beyond the trained sizes, cheap: this many times the longest one, … */
export const PROBE_FACTOR = 2
/** … on so many examples. */
export const PROBE_SAMPLES = 32

type Learned = TrainState["learned"]
type Goal = TrainState["goal"]

/** After a check in which this share of answers was right. Once learned, a run stays so. */
export function learnedAfter(before: Learned, exact: number, wanted: number, step: number): Learned {
  const streak = exact >= wanted ? before.streak + 1 : 0
  return { streak, since: before.since ?? (streak >= LEARNED_TIMES ? step : null) }
}

/** After a measurement of the goal: one that does not meet it breaks the streak. */
export const goalAfter = (before: Goal, met: boolean, symbol: number): Goal => ({
  streak: met ? before.streak + 1 : 0,
  symbol,
})

export const isMet = (goal: Goal, { times }: Pick<GoalConfig, "times">): boolean => goal.streak >= times

/** What is measured: fresh random examples of a size, or all its hard ones. */
export interface Wanted {
  readonly size: number
  readonly samples: number
  readonly hard: boolean
}
/** What a measurement found. `right`: it is as the goal wants it. */
export interface Found {
  readonly right: boolean
  readonly exact: number
  readonly symbol: number
}
/** Measures, and tells events on the way. */
export type Measure = (wanted: Wanted) => AsyncGenerator<TrainEvent, Found>

/** The measurements of the goal in their order. The last one, further out, only where the streak would be complete. */
export function goalMeasurements(
  { size, samples, times, confirm }: GoalConfig,
  { longest, streak, hasHard }: { readonly longest: number; readonly streak: number; readonly hasHard: boolean },
): readonly Wanted[] {
  const probe = { size: Math.min(size, PROBE_FACTOR * longest), samples: PROBE_SAMPLES, hard: false }
  const last = confirm !== null && streak + 1 >= times ? [{ ...confirm, hard: false }] : []
  return [probe, { size, samples, hard: false }, ...(hasHard ? [{ size, samples, hard: true }] : []), ...last]
}

/** Measures one after the other until one is not right; the goal's state after it. */
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
