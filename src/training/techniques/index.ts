// All techniques, one per line. Hooks run in this order.

import { clip } from "./clip.ts"
import { counterexamples } from "./counterexamples.ts"
import { dropout } from "./dropout.ts"
import { ema } from "./ema.ts"
import { gradientNoise } from "./gradient-noise.ts"
import { hardBuffer } from "./hard-buffer.ts"
import { hardExamples } from "./hard-examples.ts"
import { l1 } from "./l1.ts"
import { noise } from "./noise.ts"
import { recovery } from "./recovery.ts"
import { relaxation } from "./relaxation.ts"
import { restart } from "./restart.ts"
import { saturation } from "./saturation.ts"
import { weightDecay } from "./weight-decay.ts"

export const techniques = {
  relaxation,
  dropout,
  noise,
  saturation,
  hardExamples,
  hardBuffer,
  counterexamples,
  clip,
  gradientNoise,
  weightDecay,
  l1,
  ema,
  recovery,
  restart,
} as const
