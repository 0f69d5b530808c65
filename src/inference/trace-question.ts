// Traces a typed question from the first step to the last.

import type { Predictor } from "./predictor.ts"
import { allFrames, type Frame, type TracedTensor } from "./trace.ts"

/** A complete computation: frames 0 to the last, with the question and the answers as text. */
export interface Trace {
  readonly question: string
  readonly answer: string
  /** The correct answer; null if nobody knows it. */
  readonly expected: string | null
  readonly right: boolean | null
  readonly input: Uint8Array
  readonly frames: readonly Frame[]
  readonly tensors: readonly TracedTensor[]
}

/**
 * Computes a typed question and returns every frame.
 * @throws UserError if it is not a question of the task
 */
export async function traceQuestion(predictor: Predictor, question: string): Promise<Trace> {
  const { task: all } = predictor
  const input = all.parse(question)
  const task = all.parts?.of(input) ?? all
  const computation = await predictor.trace(input)
  const frames = await allFrames(computation)
  const { symbols } = frames[frames.length - 1]
  const right = task.oracle(input)
  return {
    question: all.formatInput(input),
    answer: task.formatAnswer(symbols),
    expected: right === undefined ? null : task.formatAnswer(right),
    right: right === undefined ? null : symbols.every((symbol, i) => symbol === right[i]),
    input,
    frames,
    tensors: computation.tensors,
  }
}
