// A measurement during training: fresh examples of one size, the EMA of the weights, no dropout, no noise.

import { random, Stream } from "../core/rng.ts"
import type { Part } from "../encoding/encoding.ts"
import { familyExamples, freshExamples, listedExamples, sharesOf } from "../inference/evaluate.ts"
import type { Predictor } from "../inference/predictor.ts"
import type { TrainConfig } from "./config-fields.ts"
import type { EvaluationEvent, TrainEvent, TrainState } from "./events.ts"
import type { Asked, Found, Wanted } from "./goal.ts"

/**
 * Lane blocks in one wave. It decides how many examples are evaluated before a wrong answer ends the
 * measurement.
 */
export const BLOCKS_PER_WAVE = 2

/** The word of each kind of measurement in the names of random streams. */
const WORD: Readonly<Record<Asked, number>> = { trained: 0, random: 0, hard: 1, families: 2 }

export interface Measuring {
  readonly config: TrainConfig
  /** A predictor with the weights to measure. */
  readonly predictor: Predictor
  readonly state: Pick<TrainState, "step" | "seed">
}

/** Measures every task. The result is the worst of all tasks. */
export async function* measure(measuring: Measuring, wanted: Wanted): AsyncGenerator<TrainEvent, Found> {
  const { encoding } = measuring.predictor
  const all: Found[] = []
  for (const [index, part] of (encoding.parts ?? [encoding]).entries())
    all.push(yield* measurePart(measuring, part, index, wanted))
  return {
    right: all.every(({ right }) => right),
    exact: Math.min(...all.map(({ exact }) => exact)),
    symbol: Math.min(...all.map(({ symbol }) => symbol)),
  }
}

async function* measurePart(
  { config, predictor, state: { step, seed } }: Measuring,
  part: Part,
  index: number,
  { size, samples, asked }: Wanted,
): AsyncGenerator<TrainEvent, Found> {
  const { encoding } = predictor
  const { bits: wantedBits } = config.goal
  const words = [seed, Stream.evaluation, step, size, WORD[asked], ...(index > 0 ? [index] : [])]
  const stream = random(...words)
  const hard = asked === "hard"
  const examples =
    asked === "families"
      ? familyExamples(part, size, samples, stream)
      : part.pairs && asked === "trained"
        ? listedExamples(size, part.pairs.trained(size, samples, stream))
        : freshExamples(part, size, { samples, hard, stream })
  const waves = predictor.waves(examples, { untilWrong: wantedBits === null, blocks: BLOCKS_PER_WAVE })
  let wave = await waves.next()
  for (; !wave.done; wave = await waves.next()) yield { type: "checking", step, ...wave.value }
  const score = wave.value
  const { samples: done, exact, symbol, ...bits } = sharesOf(encoding.signature, score)
  const event: EvaluationEvent = {
    type: "evaluation",
    step,
    ...(encoding.parts && part.name !== undefined ? { task: part.name } : {}),
    size,
    samples: done,
    hard,
    ...(asked === "families" ? { families: true } : {}),
    exact,
    symbol,
    ...bits,
  }
  yield event
  return { exact, symbol, right: wantedBits === null ? exact === 1 : score.bits / score.answers < wantedBits }
}
