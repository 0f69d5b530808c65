// A typed question, from beginning to end.

import type { Predictor } from "./predictor.ts"
import { allFrames, type Frame, type TracedTensor } from "./trace.ts"

/** A whole computation: frames 0 to the last, and the question and answers as people write them. */
export interface Trace {
  readonly question: string
  readonly answer: string
  /** What the task's oracle says. */
  readonly expected: string
  readonly right: boolean
  readonly input: Uint8Array
  readonly frames: readonly Frame[]
  readonly tensors: readonly TracedTensor[]
}

/** Computes a typed question from beginning to end. */
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
    expected: task.formatAnswer(right),
    right: symbols.every((symbol, i) => symbol === right[i]),
    input,
    frames,
    tensors: computation.tensors,
  }
}
