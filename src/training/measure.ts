// One measurement during training: fresh examples of one size, the average of the weights, no dropout, no noise.

import type { Program } from "../backends/backend.ts"
import { random, Stream } from "../core/rng.ts"
import type { TrainConfig } from "./config.ts"
import { addScores, bitsOf, type Encoding, noScore, type Part, type Score } from "./encoding.ts"
import type { EvaluationEvent, TrainEvent } from "./events.ts"
import { evaluate } from "./evaluate.ts"
import type { Found, Wanted } from "./goal.ts"

/** Blocks that run at once. */
const WAVE = 2
const LANES = 16

export interface Measuring {
  readonly config: TrainConfig
  readonly encoding: Encoding
  readonly program: Program
  /** The shared tensors of the program, with the weights to measure. */
  readonly shared: Float32Array
  readonly step: number
  readonly seed: number
}

/** Of each task, if there are several: the events, and the least of what they say. */
export async function* measure(measuring: Measuring, wanted: Wanted): AsyncGenerator<TrainEvent, Found> {
  const { encoding } = measuring
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
  { config, encoding, program, shared, step, seed }: Measuring,
  part: Part,
  index: number,
  { size, samples, hard }: Wanted,
): AsyncGenerator<TrainEvent, Found> {
  const words = [seed, Stream.evaluation, step, size, Number(hard), ...(index > 0 ? [index] : [])]
  const stream = random(...words)
  const examples = hard
    ? part.structured(size, stream)
    : Array.from({ length: samples }, () => part.random(size, stream))
  const { bits } = config.goal
  let total: Score = noScore
  for (let done = 0; done < examples.length; done += WAVE * LANES) {
    yield { type: "checking", step, size, length: encoding.length(size), done, of: examples.length }
    const some = examples.slice(done, done + WAVE * LANES)
    total = addScores(total, await evaluate(program, shared, encoding, some, { wave: WAVE }))
    // one wrong answer tells enough, but where bits are measured
    if (bits === null && total.answersRight < total.answers) break
  }
  const [exact, symbol] = [total.answersRight / total.answers, total.symbolsRight / total.symbols]
  const event: EvaluationEvent = {
    type: "evaluation",
    step,
    ...(encoding.parts && part.name !== undefined ? { task: part.name } : {}),
    size,
    samples: total.answers,
    hard,
    exact,
    symbol,
    ...bitsOf(encoding.signature, total),
  }
  yield event
  return { exact, symbol, right: bits === null ? exact === 1 : total.bits / total.answers < bits }
}
