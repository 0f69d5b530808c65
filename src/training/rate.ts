// When the learning rate falls because nothing is gained. Errors are means over windows of `every` steps.

export interface RateConfig {
  /** Learning rate at the beginning. */
  readonly start: number
  /** Which windows a bad one is compared with: a name of `rateRules`. */
  readonly rule: keyof typeof rateRules
  /** Multiplies the rate then [DNGPU code: 0.7; neural_gpu code: 0.98, that of 2017: 0.995]. */
  readonly factor: number
  /** Steps of a window [200; neural_gpu code of 2017: 100]. */
  readonly every: number
  /** The least it becomes by that, as a share of `start` [DNGPU code: 1/60; neural_gpu code: none, 0]. */
  readonly floor: number
}

interface RateRule {
  /** A window is bad when its error is above that of all of so many before it. */
  readonly windows: number
  /** Looks while the curriculum goes on too, forgets its windows whenever it advances, and lets the rate fall as well where a stage is learnt three
   *  times as well as it must be once the copies of parameters are averaged. If not: only once all sizes train, and until they are learnt. */
  readonly throughout: boolean
}

export const rateRules = {
  /** [DNGPU code] */
  dngpu: { windows: 2, throughout: false },
  /** [neural_gpu code of 2016]; there the windows hold only steps at sizes that the curriculum has reached, here all steps. */
  code: { windows: 3, throughout: true },
  /** [neural_gpu code of 2017], which has no copies to average. */
  "code-2017": { windows: 5, throughout: true },
} as const satisfies Readonly<Record<string, RateRule>>

/** Whether a window with this mean error is bad, after those `before`. */
export const isBad = ({ windows }: RateRule, before: readonly number[], error: number): boolean =>
  before.length >= windows && before.slice(-windows).every((e) => error > e)

/** Of the wrong answers that a stage may have, with the copies averaged: below this share the rate falls [neural_gpu code]. */
export const WELL_LEARNT = 1 / 3
