// The training steps that are measured on GPUs. `cgru` is the original form with one layer and plain gates, n
// = 41, 32 examples. `diagonal` is the diagonal form for multiplication, 96 maps, all nine lengths of the
// DNGPU code, 32 or 256 examples of each.

import type { Block } from "../../src/backends/backend.ts"
import { LANES } from "../../src/core/lanes.ts"
import { random } from "../../src/core/rng.ts"
import { plainTraining } from "../../src/models/model.ts"
import { type NeuralGpuOptions, neuralGpu, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import type { Plan } from "../../src/plan/plan.ts"
import { plan } from "../../src/plan/planner.ts"

export interface Job {
  readonly about: string
  readonly model: NeuralGpuOptions
  readonly lengths: readonly number[]
  /** Examples of each length. */
  readonly batch: number
}

const SYMBOLS = 4
/** [DNGPU code] */
const bins = [8, 12, 16, 20, 25, 28, 31, 36, 41]
const diagonal = { ...neuralGpuForms.diagonal, maps: 96 }

export const jobs: Readonly<Record<string, Job>> = {
  cgru: {
    about: "convolutional GRU, image [41, 4, 24], n = 41, batch 32",
    model: { ...neuralGpuForms.original, layers: 1, cutoff: 1 },
    lengths: [41],
    batch: 32,
  },
  "diagonal 32": {
    about: "diagonal, 96 maps, nine lengths 8 to 41, batch 32 each",
    model: diagonal,
    lengths: bins,
    batch: 32,
  },
  "diagonal 256": {
    about: "diagonal, 96 maps, nine lengths 8 to 41, batch 256 each",
    model: diagonal,
    lengths: bins,
    batch: 256,
  },
}

/** The timed plan outputs only the error, as its peers do. Training also reads the answers. */
export function planOf({ model }: Job, reads: "error" | "answers" = "error"): Plan {
  const { graph, outputs } = neuralGpu(model, { kind: "symbols", symbols: SYMBOLS }, plainTraining)
  const { error, cost, logits, loss } = outputs
  return plan(graph, { outputs: reads === "error" ? { error } : { logits, error, cost }, loss })
}

export function blocksOf({ lengths, batch }: Job): Block[] {
  const numbers = random(1)
  const lanes = (size: number, value: () => number) => Float32Array.from({ length: size * LANES }, value)
  return lengths.flatMap((length, l) =>
    Array.from({ length: batch / LANES }, (_, i) => ({
      length,
      steps: length,
      firstExample: l * batch + i * LANES,
      inputs: {
        symbols: lanes(length, () => numbers.below(SYMBOLS)),
        target: lanes(length, () => numbers.below(SYMBOLS)),
        mask: lanes(length, () => 1),
        weight: lanes(length, () => 1 / (batch * length)),
        steps: lanes(1, () => length),
        scale: lanes(1, () => 1 / (batch * length)),
      },
    })),
  )
}

/**
 * Nominal work of the recurrent convolutions: 2 operations per tap, forward and both gradients, padding
 * included.
 */
export function gigaflop({ model: { form, maps, width }, lengths, batch }: Job): number {
  const taps = form === "original" || width > 1 ? 9 : 3
  return lengths.reduce((sum, n) => sum + 3 * taps * maps * maps * 2 * n * width * n * 3 * batch, 0) / 1e9
}
