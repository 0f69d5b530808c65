// An estimate before what takes minutes: time grows with the square of a question's length.

import { random } from "../core/rng.ts"
import type { Predictor } from "../inference/predictor.ts"
import { say } from "./output.ts"

/** Questions up to this many places times steps take seconds at most. */
const SHORT = 4_000_000
/** Size of the question whose time is measured. */
const MEASURED_SIZE = 100
/** Shorter waits are not worth a sentence. */
const MOST_SECONDS = 30

/**
 * Says how long questions of this length will take, if that is more than a moment.
 * @param what names them
 * @param turns how many of them each thread computes
 */
export async function sayIfLong(predictor: Predictor, what: string, length: number, turns: number): Promise<void> {
  const { encoding } = predictor
  const work = (places: number) => places * Math.max(1, encoding.steps(places))
  if (work(length) * turns < SHORT) return
  const measured = encoding.length(MEASURED_SIZE)
  const symbols = new Uint8Array(measured).fill(1)
  // what is asked does not matter, and a task of the user's own may have no examples
  const example =
    encoding.signature.kind === "symbols"
      ? { input: symbols, target: symbols }
      : encoding.random(MEASURED_SIZE, random(0))
  const time = async () => {
    const began = performance.now()
    await predictor.logits(MEASURED_SIZE, [example])
    return (performance.now() - began) / 1000
  }
  await time() // compiles, and warms up
  const seconds = (turns * (await time()) * work(length)) / work(measured)
  if (seconds > MOST_SECONDS) say(`${what} takes about ${roughly(seconds)} here; Ctrl-C ends it`)
}

/** "a minute", "5 hours", "12 days" */
export function roughly(seconds: number): string {
  for (const [unit, size] of [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ] as const) {
    const n = Math.round(seconds / size)
    if (n >= 2) return `${n} ${unit}s`
  }
  return "a minute"
}
