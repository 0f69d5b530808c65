// Evaluation: fresh examples of one size, no dropout, whole answers compared.

import type { Program } from "../backends/backend.ts"
import { LANES } from "../kernel/language.ts"
import { type AnyExample, addScores, blocksOf, type Encoding, noScore, type Score } from "./encoding.ts"

export interface EvaluateOptions {
  /** Stop after the first wave of blocks with a wrong answer: enough to know that not all are right. */
  readonly untilWrong?: boolean
  /** Called after each wave. */
  readonly progress?: (done: Score) => void
  /** Blocks that run at once. */
  readonly wave?: number
}

/** Scores a program (a plan with output "logits") on examples. Memory grows with the length, not with length times steps. */
export async function evaluate(
  program: Program,
  shared: Float32Array,
  encoding: Encoding,
  examples: readonly AnyExample[],
  { untilWrong = false, progress, wave = 4 }: EvaluateOptions = {},
): Promise<Score> {
  let total = noScore
  for (let start = 0; start < examples.length; start += LANES * wave) {
    const some = examples.slice(start, start + LANES * wave)
    const { outputs } = await program.run(shared, blocksOf(encoding, some, start, 0), { seed: 0, trainStep: 0 })
    const logits = outputs.map((o) => o.logits)
    total = addScores(total, encoding.score(some, logits))
    progress?.(total)
    if (untilWrong && total.answersRight < total.answers) break
  }
  return total
}
