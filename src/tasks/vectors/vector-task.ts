// Tasks on sequences of vectors, after [NTM]: vectors in, bits out, measured in bits per sequence.

import type { Random } from "../../core/rng.ts"

export interface VectorExample {
  readonly input: Float32Array // [L, width]
  readonly target: Float32Array // [L, answer], bits
  /** 1 at the places where the answer counts, else 0, [L]. */
  readonly counts: Uint8Array
}

export interface VectorTask {
  readonly name: string
  readonly summary: string
  /** Numbers per input vector, bits per answer vector. */
  readonly width: number
  readonly answer: number
  readonly minSize: number
  /** The sizes that the paper trains on. */
  readonly trained: readonly [number, number]
  /** Length of the longest example of this size. */
  length(size: number): number
  random(size: number, random: Random): VectorExample
  /** The cross-entropy of the best possible predictor for this example, in bits; absent if it is 0. */
  bound?(example: VectorExample): number
}

/** A blank example, to be filled in place by place. */
export function blank(task: Pick<VectorTask, "width" | "answer">, places: number) {
  const input = new Float32Array(places * task.width)
  const target = new Float32Array(places * task.answer)
  const counts = new Uint8Array(places)
  return {
    example: { input, target, counts },
    /** Sets numbers of the input vector at a place, from `channel` on. */
    put(place: number, values: ArrayLike<number>, channel = 0): void {
      for (let i = 0; i < values.length; i++) input[place * task.width + channel + i] = values[i]
    },
    /** Sets bits of the answer at a place, from `channel` on, and makes the place count. */
    ask(place: number, bits: ArrayLike<number>, channel = 0): void {
      counts[place] = 1
      for (let i = 0; i < bits.length; i++) target[place * task.answer + channel + i] = bits[i]
    },
  }
}

/** `count` random vectors of `bits` bits. */
export const randomVectors = (count: number, bits: number, random: Random): Uint8Array[] =>
  Array.from({ length: count }, () => Uint8Array.from({ length: bits }, () => random.below(2)))
