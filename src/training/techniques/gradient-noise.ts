// Gradient noise [KS16, §3; Neelakantan et al. 2015]: added after clipping, and really added (in the published code it went to a
// variable that nobody read). The seed text has the variance fall with the step; it is the standard deviation that falls, as step^-0.275.

import { random, Stream } from "../../core/rng.ts"

/** Variance ∝ step^-0.55 [neural_gpu code; γ of Neelakantan et al. 2015]. */
export const NOISE_DECAY = 0.55
/** Errors below this share call for no noise [neural_gpu code]. */
export const NOISE_FREE_ERROR = 0.02

/** Adds N(0, scale² · step^-0.55 · wrong) to each element, in place; `wrong` is the share of wrong answers. `seeds` name the stream. */
export function addGradientNoise(
  gradient: Float32Array,
  scale: number,
  step: number,
  wrong: number,
  ...seeds: number[]
): void {
  const share = Math.max(0, wrong - NOISE_FREE_ERROR)
  if (scale === 0 || share === 0) return
  const deviation = scale * Math.sqrt(share * Math.exp(-NOISE_DECAY * Math.log(Math.max(1, step))))
  const stream = random(...seeds, Stream.gradientNoise, step)
  for (let i = 0; i < gradient.length; i++) gradient[i] += deviation * stream.normal()
}
