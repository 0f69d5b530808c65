// Evaluation: fresh examples of one size, no dropout, whole answers compared.

import type { Program } from "../backends/backend.ts"
import { LANES } from "../core/lanes.ts"
import { type AnyExample, addScores, blocksOf, type Encoding, noScore, type Score } from "./encoding.ts"

export interface EvaluateOptions {
  /** Stop after the first wave of blocks with a wrong answer: enough to know that not all are right. */
  readonly untilWrong?: boolean
  /** Called after each wave. */
  readonly progress?: (done: Score) => void
  /** Blocks that run at once. */
  readonly wave?: number
}

/** A compiled model (a plan with output "logits") with its weights, and what its examples look like to it. */
export interface Evaluated {
  readonly program: Program
  readonly shared: Float32Array
  readonly encoding: Encoding
}

/** Answers to examples: the logits of each block. */
export type Ask = (examples: readonly AnyExample[], firstExample: number) => Promise<readonly Float32Array[]>

export const asker =
  ({ program, shared, encoding }: Evaluated): Ask =>
  async (examples, firstExample) => {
    const blocks = blocksOf(encoding, examples, firstExample, 0)
    const { outputs } = await program.run(shared, blocks, { seed: 0, trainStep: 0 })
    return outputs.map((o) => o.logits)
  }

/** Scores a program on examples. Memory grows with the length, not with length times steps. */
export const evaluate = (
  program: Program,
  shared: Float32Array,
  encoding: Encoding,
  examples: readonly AnyExample[],
  options: EvaluateOptions = {},
): Promise<Score> => evaluateBy(asker({ program, shared, encoding }), encoding, examples, options)

/** Scores whatever answers. */
export async function evaluateBy(
  ask: Ask,
  encoding: Encoding,
  examples: readonly AnyExample[],
  { untilWrong = false, progress, wave = 4 }: EvaluateOptions = {},
): Promise<Score> {
  let total = noScore
  for (let start = 0; start < examples.length; start += LANES * wave) {
    const some = examples.slice(start, start + LANES * wave)
    total = addScores(total, encoding.score(some, await ask(some, start)))
    progress?.(total)
    if (untilWrong && total.answersRight < total.answers) break
  }
  return total
}
