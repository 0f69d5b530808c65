// A task on vectors, traced: what a model was shown and asked, what it answered, and everything that it
// carries, after every step. For a Neural Turing Machine that is what the paper's figures show: where each
// head read and wrote, and the memory.

import { random, Stream } from "../core/rng.ts"
import type { VectorExample } from "../tasks/vectors/index.ts"
import type { Predictor } from "./predictor.ts"
import { allFrames, type TracedTensor } from "./trace.ts"

export interface VectorTrace {
  /** Numbers a place: the input's, the answer's. */
  readonly width: number
  readonly bits: number
  /** For each place: what was shown, the bits' probabilities, what was asked for, and whether it was. */
  readonly input: readonly Float32Array[]
  readonly answer: readonly Float32Array[]
  readonly target: readonly Float32Array[]
  readonly counts: readonly boolean[]
  /** Whether every bit that was asked for was right. */
  readonly right: boolean
  /** Carried tensors: their numbers after 0, 1, … steps, row-major. */
  readonly tensors: readonly (TracedTensor & { readonly after: readonly Float32Array[] })[]
}

/** Computes one random example of this size from beginning to end. */
export async function traceVectors(
  predictor: Predictor,
  { size, seed = 1 }: { readonly size: number; readonly seed?: number },
): Promise<VectorTrace> {
  const { encoding } = predictor
  const { signature } = encoding
  if (signature.kind !== "vectors") throw new Error(`a task on ${signature.kind}, expected one on vectors`)
  const { width, answer: bits } = signature
  const example = encoding.random(size, random(seed, Stream.evaluation, size)) as VectorExample
  const computation = await predictor.trace(example)
  const frames = await allFrames(computation)
  const { symbols, logits } = frames[frames.length - 1]
  const counts = Array.from(example.counts, (c) => c === 1)
  return {
    width,
    bits,
    input: rows(example.input, width),
    answer: rows(
      logits.map((z) => 1 / (1 + Math.exp(-z))),
      bits,
    ),
    target: rows(example.target, bits),
    counts,
    right: symbols.every((bit, i) => !counts[Math.floor(i / bits)] || bit === Number(example.target[i] > 0.5)),
    tensors: computation.tensors
      .filter(({ carried }) => carried)
      .map((tensor) => ({ ...tensor, after: frames.map(({ tensors }) => tensors[tensor.name]) })),
  }
}

const rows = (values: Float32Array, width: number) =>
  Array.from({ length: values.length / width }, (_, l) => values.slice(l * width, (l + 1) * width))
