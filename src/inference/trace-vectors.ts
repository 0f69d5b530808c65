// Traces a task on vectors: the input, the target, the answer, and the carried state after every step. For a
// Neural Turing Machine these are the paper's figures: the memory, and where each head read and wrote.

import { random, Stream } from "../core/rng.ts"
import type { VectorExample } from "../tasks/vectors/index.ts"
import type { Predictor } from "./predictor.ts"
import { allFrames, type TracedTensor } from "./trace.ts"

export interface VectorTrace {
  /** Numbers per place: of the input, and of the answer. */
  readonly width: number
  readonly bits: number
  /**
   * For each place: the input, the probabilities of the answer's bits, the target, and whether the target
   * counts.
   */
  readonly input: readonly Float32Array[]
  readonly answer: readonly Float32Array[]
  readonly target: readonly Float32Array[]
  readonly counts: readonly boolean[]
  /** Whether every bit that counts is right. */
  readonly right: boolean
  /** Carried tensors, with their values after 0, 1, … steps, row-major. */
  readonly tensors: readonly (TracedTensor & { readonly after: readonly Float32Array[] })[]
}

/**
 * Computes one random example and returns everything that was carried.
 * @param options.size size of the example, as the task defines it
 * @param options.seed seed of the example; 1 by default
 * @throws Error for tasks on symbols or images
 */
export async function traceVectors(
  predictor: Predictor,
  { size, seed = 1 }: { readonly size: number; readonly seed?: number },
): Promise<VectorTrace> {
  const { encoding } = predictor
  const { signature } = encoding
  if (signature.kind !== "vectors") throw new Error(`got a task on ${signature.kind}, expected one on vectors`)
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
