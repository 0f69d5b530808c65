// Which sizes a step trains on, and when longer ones come.
// "groups": several groups of sizes at once; the next one joins when the last one is learned (ours, after DNGPU's bins).
// "sizes": one size a step, one more when it is learned, and now and then any other [KS16 §3].

import { type Random, random, Stream } from "../core/rng.ts"
import type { Score } from "../encoding/encoding.ts"
import { choice, share, type ValuesOf, whole } from "../schema/index.ts"
import type { Sizes } from "./sizes.ts"

export const curriculumFields = {
  form: choice(["groups", "sizes"], "groups", "Several groups of sizes at once, or one size a step.", {
    source: "sizes: KS16 §3",
  }),
  threshold: share(0.9, "The next group or size comes at this accuracy.", { source: "KS16 §3" }),
  measure: choice(["symbol", "exact"], "symbol", "Accuracy of symbols, or of whole answers.", {
    source: "exact: KS16 §3",
  }),
  every: whole(200, "Form sizes: steps over which the accuracy is measured.", { min: 1, source: "neural_gpu code" }),
  mixing: choice(["paper", "code", "none"], "paper", "Form sizes: which other sizes are mixed in.", {
    source: "KS16 §3, neural_gpu code",
  }),
}
export type CurriculumConfig = ValuesOf<typeof curriculumFields>

/** What decides the sizes of a run. */
export interface Course {
  readonly curriculum: CurriculumConfig
  readonly sizes: Sizes
}

/** Share of steps that take any size [KS16 §3]. */
export const MIXED_SHARE = 0.2
/** Of the code's rule: the share of steps that take the larger one of two sizes, … */
export const LARGER_SHARE = 0.6
/** … and of those that take the larger one of that and any size [neural_gpu code]. */
export const ANY_SHARE = 0.25

/** Where an attempt is in its curriculum: plain JSON. */
export interface CurriculumState {
  /** Groups that have joined, or sizes that the curriculum has reached, from 1. */
  readonly stage: number
  /** Form sizes: answers at the present size since the last measurement, and those that were right. */
  readonly progress: { readonly right: number; readonly of: number }
}
export const beginCurriculum = (): CurriculumState => ({ stage: 1, progress: { right: 0, of: 0 } })

const first = (sizes: Sizes) => sizes[0][0]
const longest = (sizes: Sizes) => sizes[sizes.length - 1][1]

/** How many stages there are: groups that can join, or sizes from the smallest to the longest. */
export const stagesOf = ({ form }: Pick<CurriculumConfig, "form">, sizes: Sizes): number =>
  form === "groups" ? sizes.length : longest(sizes) - first(sizes) + 1

/** The largest size of a stage. */
export const sizeOfStage = ({ form }: Pick<CurriculumConfig, "form">, sizes: Sizes, stage: number): number =>
  form === "groups" ? sizes[stage - 1][1] : first(sizes) + stage - 1

/** The sizes [from, to] of each group of a step. `words` name the run's random numbers. */
export function sizesOfStep(
  config: CurriculumConfig,
  sizes: Sizes,
  stage: number,
  step: number,
  ...words: number[]
): Sizes {
  if (config.form === "groups") return sizes.slice(0, stage)
  const present = sizeOfStage(config, sizes, stage)
  const most = sizes.find(([, to]) => present <= to)?.[1] ?? longest(sizes)
  const size = mixedSize(config, first(sizes), present, most, random(...words, Stream.curriculum, step))
  return [[size, size]]
}

/**
 * "paper": a fifth of the steps take any size up to the longest; "code": every size up to the present one, larger ones more
 * often, and in a quarter of the steps any; "none": the present size. With several groups the longest is that of the group of
 * the present size: long questions, of which nothing is learned yet, cost the most.
 */
function mixedSize({ mixing }: CurriculumConfig, least: number, present: number, most: number, choose: Random): number {
  const upTo = (size: number) => least + choose.below(size - least + 1)
  if (mixing === "none") return present
  if (mixing === "paper") return choose.uniform() < MIXED_SHARE ? upTo(most) : present
  let size = upTo(present)
  if (choose.uniform() < LARGER_SHARE) size = Math.max(size, upTo(present))
  if (choose.uniform() < ANY_SHARE) size = Math.max(size, upTo(most))
  return size
}

/**
 * The curriculum after a step, and whether its present stage is learned. `score`: of the step's longest group, of size `size`.
 * `steps`: steps of the attempt so far.
 */
export function advanced(
  { curriculum, sizes }: Course,
  state: CurriculumState,
  { score, size, steps }: { readonly score: Score; readonly size: number; readonly steps: number },
): { readonly state: CurriculumState; readonly learned: boolean } {
  const { right, of, state: measured } = measure({ curriculum, sizes }, state, score, size, steps)
  const learned = of > 0 && right / of >= curriculum.threshold
  const more = learned && state.stage < stagesOf(curriculum, sizes)
  return { learned, state: more ? { ...measured, stage: state.stage + 1 } : measured }
}

/** Right answers of the present stage: of the last batch (groups), or of all at its size since the last time (sizes). */
function measure(
  { curriculum, sizes }: Course,
  state: CurriculumState,
  score: Score,
  size: number,
  steps: number,
): { right: number; of: number; state: CurriculumState } {
  const { measure, form, every } = curriculum
  const [right, of] = measure === "symbol" ? [score.symbolsRight, score.symbols] : [score.answersRight, score.answers]
  if (form === "groups") return { right, of, state }
  const { progress } = state
  const isPresent = size === sizeOfStage(curriculum, sizes, state.stage)
  const next = isPresent ? { right: progress.right + right, of: progress.of + of } : progress
  if (steps % every !== 0 || next.of === 0) return { right: 0, of: 0, state: { ...state, progress: next } }
  return { ...next, state: { ...state, progress: { right: 0, of: 0 } } }
}
