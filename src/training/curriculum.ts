// Which sizes a step trains on, and when longer ones come.
// "groups": several groups of sizes at once, the next one joins when the last one is learnt (ours, after DNGPU's bins).
// "sizes": one size a step, one more when it is learnt, and now and then any other [KS16, §3].

import { type Random, random, Stream } from "../core/rng.ts"
import type { BatchConfig } from "./config.ts"

export interface CurriculumConfig {
  readonly form: "groups" | "sizes"
  /** The next stage comes when this accuracy is reached. */
  readonly threshold: number
  /** Measured by symbols, or by answers that are right as a whole [KS16: 0.9 of whole answers; neural_gpu code: 0.85]. */
  readonly measure: "symbol" | "exact"
  /** Form "sizes": steps over which the accuracy at the size is measured [neural_gpu code: 200]. */
  readonly every: number
  /** Form "sizes": which other sizes are mixed in. "paper": a fifth of the steps take any size up to the longest [KS16, §3]; "code": every size
   *  up to the present one, larger ones more often, and in a quarter of the steps any [neural_gpu code]; "none". With several groups of sizes the longest is
   *  that of the group which the present size is in: long questions, of which nothing is learnt yet, cost the most. */
  readonly mixing: "paper" | "code" | "none"
}

export const curriculumDefaults: CurriculumConfig = {
  form: "groups",
  threshold: 0.9,
  measure: "symbol",
  every: 200,
  mixing: "paper",
}

/** Share of steps that take any size [KS16, §3]. */
export const MIXED_SHARE = 0.2
/** Of the code's rule: the share of steps that take the larger one of two sizes, and of those that take the larger one of that and any size. */
export const LARGER_SHARE = 0.6
export const ANY_SHARE = 0.25

type Groups = BatchConfig["groups"]
const first = (groups: Groups) => groups[0][0]
const longest = (groups: Groups) => groups[groups.length - 1][1]

/** How many stages there are: groups that can join, or sizes from the smallest to the longest. */
export const stagesOf = ({ form }: CurriculumConfig, groups: Groups): number =>
  form === "groups" ? groups.length : longest(groups) - first(groups) + 1

/** The largest size of a stage; stages are counted from 1. */
export const sizeOfStage = ({ form }: CurriculumConfig, groups: Groups, stage: number): number =>
  form === "groups" ? groups[stage - 1][1] : first(groups) + stage - 1

/** The sizes [from, to] of each group of a step. `words` name the run's random numbers. */
export function groupsOfStep(
  config: CurriculumConfig,
  groups: Groups,
  stage: number,
  step: number,
  ...words: number[]
): Groups {
  if (config.form === "groups") return groups.slice(0, stage)
  const present = sizeOfStage(config, groups, stage)
  const most = groups.find(([, to]) => present <= to)?.[1] ?? longest(groups)
  const size = mixedSize(config, first(groups), present, most, random(...words, Stream.curriculum, step))
  return [[size, size]]
}

function mixedSize({ mixing }: CurriculumConfig, least: number, present: number, most: number, choose: Random): number {
  const upTo = (size: number) => least + choose.below(size - least + 1)
  if (mixing === "none") return present
  if (mixing === "paper") return choose.uniform() < MIXED_SHARE ? upTo(most) : present
  let size = upTo(present)
  if (choose.uniform() < LARGER_SHARE) size = Math.max(size, upTo(present))
  if (choose.uniform() < ANY_SHARE) size = Math.max(size, upTo(most))
  return size
}
