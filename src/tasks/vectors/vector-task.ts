// Tasks on sequences of vectors, after the Neural Turing Machine's paper: vectors in, bits out, measured in bits a sequence.

import type { Random } from "../../core/rng.ts"

export interface VectorExample {
  readonly input: Float32Array // [L, width]
  readonly target: Float32Array // [L, answer], bits
  /** Places at which the answer counts: [L]. */
  readonly counts: Uint8Array
}

export interface VectorTask {
  readonly name: string
  readonly summary: string
  /** Numbers in an input vector, bits in an answer. */
  readonly width: number
  readonly answer: number
  readonly minSize: number
  /** Sizes that the paper trains on. */
  readonly trained: readonly [number, number]
  /** Places of the longest example of this size. */
  length(size: number): number
  random(size: number, random: Random): VectorExample
  /** What the best possible predictor pays for this example, in bits; absent where that is nothing. */
  bound?(example: VectorExample): number
}

/** An example that is filled in place by place. */
export function blank(task: Pick<VectorTask, "width" | "answer">, places: number) {
  const input = new Float32Array(places * task.width)
  const target = new Float32Array(places * task.answer)
  const counts = new Uint8Array(places)
  return {
    example: { input, target, counts },
    /** Numbers of the input vector at a place. */
    put(place: number, values: ArrayLike<number>, channel = 0): void {
      for (let i = 0; i < values.length; i++) input[place * task.width + channel + i] = values[i]
    },
    /** The answer that is asked for at a place. */
    ask(place: number, bits: ArrayLike<number>, channel = 0): void {
      counts[place] = 1
      for (let i = 0; i < bits.length; i++) target[place * task.answer + channel + i] = bits[i]
    },
  }
}

/** `count` random vectors of so many bits. */
export const randomVectors = (count: number, bits: number, random: Random): Uint8Array[] =>
  Array.from({ length: count }, () => Uint8Array.from({ length: bits }, () => random.below(2)))
