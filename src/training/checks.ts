// What training looks at besides its own batches: whether the trained sizes are learnt, whether the goal is met, whether there is any hope left.

import { random, Stream } from "../core/rng.ts"
import type { Encoding, Part } from "../encoding/encoding.ts"
import { freshExamples, sharesOf } from "../inference/evaluate.ts"
import type { Example } from "../tasks/task.ts"
import { longestSize, type TrainConfig } from "./config.ts"
import type { CheckingEvent, EvaluationEvent, TrainEvent, TrainState } from "./events.ts"
import type { Model } from "./model.ts"
import { hardest } from "./techniques/replay.ts"

/** The first check of generalisation, cheap: this many times the longest trained size. */
const PROBE_FACTOR = 2
const PROBE_SAMPLES = 32
/** A check ends with the first wave that has a wrong answer, so this says how many it asks: the same on every machine. */
const BLOCKS_PER_WAVE = 2

/** A check: says before each of its waves how far it is, and in the end what it found. */
type Check<T> = AsyncGenerator<CheckingEvent, T>

export type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object | null ? Mutable<T[K]> : T[K] }

/** A run as its checks see it. */
export interface Attempt {
  readonly config: TrainConfig
  readonly encoding: Encoding
  readonly model: Model
  /** Curriculum stages: groups or sizes. */
  readonly stages: number
  /** Copies of parameters are pulled together, and are not one yet. */
  readonly relaxing: boolean
  readonly state: Mutable<TrainState>
}

export const met = ({ state, config }: Attempt): boolean => state.goal.streak >= config.goal.times

export const fitDue = ({ state, config, stages, relaxing }: Attempt): boolean =>
  state.fit.since === null && state.joined === stages && !relaxing && state.step % config.fit.every === 0

export const goalDue = ({ state, config }: Attempt): boolean =>
  state.fit.since !== null && (state.step - state.fit.since) % config.goal.every === 0

/** Whether the longest trained size is learnt. `weights`: those that are evaluated, the average. */
export async function* checkFit(attempt: Attempt, weights: Float32Array): Check<TrainEvent[]> {
  const { config, state } = attempt
  const { fit } = config
  const { events, exact } = yield* check(attempt, weights, longestSize(config), fit.samples, false)
  state.fit.streak = exact >= fit.exact ? state.fit.streak + 1 : 0
  if (state.fit.streak < fit.times) return events
  state.fit.since = state.step
  return [...events, { type: "fit", step: state.step }]
}

/** First at twice the trained sizes, and if all is right there at the goal's size, random and (unless the goal leaves them out) structured; the last time also further out. */
export async function* checkGoal(attempt: Attempt, weights: Float32Array): Check<TrainEvent[]> {
  const { config, state, encoding } = attempt
  const { goal } = config
  const probe = Math.min(goal.size, PROBE_FACTOR * longestSize(config))
  const events: TrainEvent[] = []
  const right = async function* (size: number, samples: number, structured: boolean): Check<boolean> {
    if (structured && encoding.structured(size, random(state.seed)).length === 0) return true
    const result = yield* check(attempt, weights, size, samples, structured)
    events.push(...result.events)
    if (size <= goal.size) state.goal.symbol = result.symbol
    return result.right
  }
  const met =
    (yield* right(probe, PROBE_SAMPLES, false)) &&
    (yield* right(goal.size, goal.samples, false)) &&
    (!goal.structured || (yield* right(goal.size, goal.samples, true))) &&
    (goal.confirm === null ||
      state.goal.streak + 1 < goal.times ||
      (yield* right(goal.confirm.size, goal.confirm.samples, false)))
  state.goal.streak = met ? state.goal.streak + 1 : 0
  events.push({ type: "goal", step: state.step, streak: state.goal.streak, times: goal.times })
  return events
}

export const searchDue = ({ state, config: { replay } }: Attempt): boolean =>
  replay.search > 0 && replay.share > 0 && state.fit.since !== null && state.step % replay.every === 0

/** Of a search's questions that are not known already, one in so many is a fresh hard one; the others are neighbours of known ones. */
const FRESH_ONE_IN = 4

/** Looks among examples of the longest trained size for those that the model is least sure of when it answers, without noise: hill climbing. Asked are those
 *  that the last search kept, those that batches had wrong since, neighbours of those kept, and fresh hard ones; the hardest are kept. Drawn at
 *  random, wrong ones are hardly ever met; the way to them goes through questions that are less and less sure: of 10,000 asked 37 were wrong where of 4,096
 *  at random 4 were (docs/log.md, 2026-11-27). `weights`: those that training has at this step; an average has mended long after them what they learnt. */
export async function searchHardest({ config, state, encoding, model }: Attempt, weights: Float32Array): Promise<void> {
  const { replay } = config
  const size = longestSize(config)
  const choose = random(state.seed, Stream.search, state.step)
  const found = state.found[size] ?? []
  const known = [...found, ...(state.replay[size] ?? [])].slice(0, Math.ceil(replay.search / 2))
  const fresh = Array.from({ length: replay.search - known.length }, (_, i) =>
    found.length > 0 && i % FRESH_ONE_IN > 0
      ? encoding.near(Uint8Array.from(found[Math.floor(found.length * choose.uniform() ** 2)]), size, choose)
      : encoding.hard(size, choose),
  )
  const examples = [...known.map((input) => encoding.asked(Uint8Array.from(input))), ...fresh]
  model.predictor.setWeights(weights)
  const errors = encoding.worst(examples, await model.predictor.logits(size, examples))
  delete state.replay[size]
  const inputs = examples.map((example) => (example as Example).input) // only symbols can be asked again
  state.found[size] = hardest(inputs, errors, replay.perSize)
}

/** Fresh examples of one size, of each task if there are several: the events, and the least of what they say. */
async function* check(attempt: Attempt, weights: Float32Array, size: number, samples: number, structured: boolean) {
  attempt.model.predictor.setWeights(weights)
  const checks = []
  for (const [i, part] of (attempt.encoding.parts ?? [attempt.encoding]).entries())
    checks.push(yield* checkPart(attempt, part, i, size, samples, structured))
  return {
    events: checks.map(({ event }) => event),
    right: checks.every(({ right }) => right),
    exact: Math.min(...checks.map(({ event }) => event.exact)),
    symbol: Math.min(...checks.map(({ event }) => event.symbol)),
  }
}

/** Fresh examples of one size and task, until one is wrong; tells the event and whether all were right. */
async function* checkPart(
  { state, encoding, config, model }: Attempt,
  part: Part,
  index: number,
  size: number,
  samples: number,
  structured: boolean,
): Check<{ event: EvaluationEvent; right: boolean }> {
  const words = [state.seed, Stream.evaluation, state.step, size, Number(structured), ...(index > 0 ? [index] : [])]
  const examples = freshExamples(part, size, { samples, structured, stream: random(...words) })
  const waves = model.predictor.waves(examples, { untilWrong: config.goal.bits === null, blocks: BLOCKS_PER_WAVE })
  let wave = await waves.next()
  for (; !wave.done; wave = await waves.next()) yield { type: "checking", step: state.step, ...wave.value }
  const all = wave.value
  const { samples: asked, exact, symbol, ...bits } = sharesOf(encoding.signature, all)
  const event: EvaluationEvent = {
    type: "evaluation",
    step: state.step,
    ...(encoding.parts && part.name !== undefined ? { task: part.name } : {}),
    size,
    samples: asked,
    structured,
    exact,
    symbol,
    ...bits,
  }
  const right = config.goal.bits === null ? exact === 1 : all.bits / all.answers < config.goal.bits
  return { event, right }
}

/** Why this attempt will not come to anything, if it will not. */
export function hopeless({ config, state, stages }: Attempt): string | undefined {
  const { restart } = config
  if (!restart.enabled) return undefined
  const attemptStep = state.step - state.begin
  if (attemptStep >= restart.joinedBy && state.joined < stages)
    return `only ${state.joined} of ${stages} groups of sizes were learnt in ${attemptStep} steps`
  if (
    state.fit.since !== null &&
    state.step - state.fit.since === restart.provedAfter &&
    state.goal.symbol < restart.accuracy
  )
    return `trained sizes are right, longer ones only ${(100 * state.goal.symbol).toFixed(0)} % of symbols: a trick`
  if (attemptStep >= restart.goalBy) return `the goal was not met in ${attemptStep} steps`
  return undefined
}
