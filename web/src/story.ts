// The answer at every step, in numbers and in words: what the net would say, how sure it is, and when it is
// right for good.

import type { Frame } from "../../src/inference/trace.ts"
import type { Task } from "../../src/tasks/index.ts"
import { isBackwards } from "./questions.ts"

/** What a step would say. */
export type Said = Pick<Frame, "symbols" | "logits">
const known = new WeakMap<Float32Array, Float32Array>()

/** The probability of the symbol that the net would say at each place, from log-probabilities [L, V]. */
export function sureness({ symbols, logits }: Said): Float32Array {
  const found = known.get(logits)
  if (found) return found
  const V = logits.length / symbols.length
  const sure = Float32Array.from(symbols, (symbol, l) => Math.exp(logits[l * V + symbol]))
  known.set(logits, sure)
  return sure
}

/** The first step from which a place says what is right, and goes on saying it; undefined if there is none. */
export function rightFrom(frames: readonly Said[], truth: Uint8Array, place: number): number | undefined {
  const lastWrong = frames.findLastIndex(({ symbols }) => symbols[place] !== truth[place])
  return lastWrong + 1 < frames.length ? lastWrong + 1 : undefined
}

const ordinal = (n: number) => {
  const teen = n % 100 > 10 && n % 100 < 14
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`
}
const placeName = (task: Task, place: number) =>
  isBackwards(task) ? `${ordinal(place + 1)} digit from the right` : `${ordinal(place + 1)} symbol`
const spoken = (task: Task, symbol: number) => (symbol === 0 ? "nothing" : (task.symbols[symbol] ?? "?"))

/** One cell of the film, in words. */
export function tell(task: Task, frames: readonly Said[], truth: Uint8Array | undefined, step: number, place: number) {
  const frame = frames[step]
  if (!frame) return ""
  const says = frame.symbols[place]
  // a probability below 1 is not certainty
  const sure = Math.min(99, Math.round(100 * sureness(frame)[place]))
  const begin = `Step ${step}, ${placeName(task, place)}: it would say ${spoken(task, says)}, ${sure} % sure`
  if (!truth) return `${begin}.`
  const from = rightFrom(frames, truth, place)
  const isRight = says === truth[place]
  if (from === undefined)
    return `${begin}${isRight ? ", which is right" : `; right is ${spoken(task, truth[place])}`}. It ends wrong.`
  if (step >= from) return `${begin}. That is right, and stays so from step ${from} on.`
  if (isRight) return `${begin}. That is right, but not for good: it is from step ${from} on.`
  return `${begin}; right is ${spoken(task, truth[place])}. It is right for good in ${from - step} step${from - step === 1 ? "" : "s"}.`
}
