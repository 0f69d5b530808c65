// Gradient noise [KS16, §3; Neelakantan et al. 2015]: added after clipping, and really added (in the published code it went to a
// variable that nobody read). The seed text has the variance fall with the step; it is the standard deviation that falls, as step^-0.275.

import { type Keys, keysOf, Stream, streamOf } from "../../core/rng.ts"

/** Variance ∝ step^-0.55 [neural_gpu code; γ of Neelakantan et al. 2015]. */
export const NOISE_DECAY = 0.55
/** Errors below this share call for no noise [neural_gpu code]. */
export const NOISE_FREE_ERROR = 0.02

/** What a step adds to each element of its gradient: a number from N(0, deviation²), which its place and the keys tell. */
export interface GradientNoise {
  readonly deviation: number
  readonly keys: Keys
}

/** N(0, scale² · step^-0.55 · wrong); `wrong` is the share of wrong answers. `seeds` name the stream. */
export function gradientNoise(scale: number, step: number, wrong: number, ...seeds: number[]): GradientNoise {
  const share = Math.max(0, wrong - NOISE_FREE_ERROR)
  const keys = keysOf(...seeds, Stream.gradientNoise, step)
  if (scale === 0 || share === 0) return { deviation: 0, keys }
  return { deviation: scale * Math.sqrt(share * Math.exp(-NOISE_DECAY * Math.log(Math.max(1, step)))), keys }
}

/** Adds it, in place. */
export function addNoise(gradient: Float32Array, { deviation, keys }: GradientNoise): void {
  if (deviation === 0) return
  const stream = streamOf(keys)
  for (let i = 0; i < gradient.length; i++) gradient[i] += deviation * stream.normal()
}
