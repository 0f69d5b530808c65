// Which sizes a step trains on, and when longer ones join.
// "groups": trains on several groups of sizes at once. The next one joins when the last one is learned (ours,
// after the bins of DNGPU).
// "sizes": trains on one size per step, and sometimes on another one. The size grows by 1 when it is learned
// [KS16 §3].

import { type Random, random, Stream } from "../core/rng.ts"
import type { Score } from "../encoding/encoding.ts"
import { choice, share, type ValuesOf, whole } from "../schema/index.ts"
import type { Sizes } from "./sizes.ts"

export const curriculumFields = {
  form: choice(["groups", "sizes"], "groups", "Several groups of sizes at once, or one size per step.", {
    source: "sizes: KS16 §3",
  }),
  threshold: share(0.9, "Accuracy at which the next group or size joins.", { source: "KS16 §3" }),
  measure: choice(["symbol", "exact"], "symbol", "What that accuracy counts: symbols, or whole answers (exact).", {
    source: "exact: KS16 §3",
  }),
  every: whole(200, "Form sizes: steps over which the accuracy is measured.", { min: 1, source: "neural_gpu code" }),
  mixing: choice(["paper", "code", "none"], "paper", "Form sizes: rule for mixing in other sizes.", {
    source: "KS16 §3, neural_gpu code",
  }),
}
export type CurriculumConfig = ValuesOf<typeof curriculumFields>

/** The fields of a config that decide the sizes of a run. */
export interface Course {
  readonly curriculum: CurriculumConfig
  readonly sizes: Sizes
}

/** "paper": share of steps that draw from all sizes [KS16 §3]. */
export const MIXED_SHARE = 0.2
/** "code": share of steps that take the larger of two draws [neural_gpu code]. */
export const LARGER_SHARE = 0.6
/**
 * "code": share of steps that then take the larger of that size and a draw from all sizes [neural_gpu code].
 */
export const ANY_SHARE = 0.25

/** The position of an attempt in its curriculum: plain JSON. */
export interface CurriculumState {
  /** Number of groups that have joined, or of sizes reached; from 1. */
  readonly stage: number
  /** Form sizes: right answers, and all answers, at the present size since the last measurement. */
  readonly progress: { readonly right: number; readonly of: number }
}
export const beginCurriculum = (): CurriculumState => ({ stage: 1, progress: { right: 0, of: 0 } })

const first = (sizes: Sizes) => sizes[0][0]
const longest = (sizes: Sizes) => sizes[sizes.length - 1][1]

/** Number of stages: of groups, or of sizes from the smallest to the longest. */
export const stagesOf = ({ form }: Pick<CurriculumConfig, "form">, sizes: Sizes): number =>
  form === "groups" ? sizes.length : longest(sizes) - first(sizes) + 1

/** The largest size of a stage. */
export const sizeOfStage = ({ form }: Pick<CurriculumConfig, "form">, sizes: Sizes, stage: number): number =>
  form === "groups" ? sizes[stage - 1][1] : first(sizes) + stage - 1

/** The range of sizes [from, to] of each group of a step. `words` name the run's random streams. */
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
 * The size of a step, drawn by the mixing rule.
 * "paper": a fifth of the steps draw any size up to the longest.
 * "code": draws any size up to the present one, favoring larger ones; a quarter of the steps draw from all
 * sizes.
 * "none": always the present size.
 * With several groups, the longest size is that of the present group. Long questions cost the most, and
 * nothing is learned from them yet.
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
 * Advances the curriculum after a step, and tells whether its present stage is learned.
 * @param done.score score of the step's longest group
 * @param done.size size of that group
 * @param done.steps steps of the attempt so far
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

/**
 * Accuracy of the present stage: of the last batch ("groups"), or of all steps at this size since the last
 * measurement ("sizes").
 */
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
