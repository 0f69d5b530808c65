// Dynamic n-grams [NTM §4.4]: predict the next bit of a 6-gram source. Its 32 probabilities are drawn anew
// for every sequence, from Beta(1/2, 1/2). `size` is the number of bits. The optimum is the Bayesian
// predictor (N₁ + 1/2) / (N₁ + N₀ + 1), Murphy's estimate.

import { blank, type VectorExample, type VectorTask } from "./vector-task.ts"

/** Number of previous bits that determine the next bit's probability. */
const CONTEXT = 5

export const nGrams: VectorTask = {
  name: "n-grams",
  summary: "the next bit of a random 6-gram source",
  width: 1,
  answer: 1,
  minSize: CONTEXT + 1,
  trained: [200, 200],
  length: (size) => size - 1,
  random(size, random) {
    // Beta(1/2, 1/2) is the arcsine distribution: sin² of a uniform angle.
    const table = Array.from({ length: 1 << CONTEXT }, () => Math.sin(0.5 * Math.PI * random.uniform()) ** 2)
    const bits = new Uint8Array(size)
    for (let i = 0; i < size; i++)
      bits[i] = i < CONTEXT ? random.below(2) : Number(random.uniform() < table[contextAt(bits, i)])
    const { example, put, ask } = blank(this, size - 1)
    for (let i = 0; i + 1 < size; i++) {
      put(i, [bits[i]])
      if (i + 1 >= CONTEXT) ask(i, [bits[i + 1]])
    }
    return example
  },
  bound: optimalBits,
}

/** The five bits before place i, as an integer. */
function contextAt(bits: ArrayLike<number>, i: number): number {
  let context = 0
  for (let n = i - CONTEXT; n < i; n++) context = 2 * context + bits[n]
  return context
}

/** The cross-entropy of the Bayesian predictor, in bits. */
function optimalBits({ input, target, counts }: VectorExample): number {
  const seen = Array.from({ length: 1 << CONTEXT }, () => [0, 0])
  const bits = [...input, target[target.length - 1]]
  let total = 0
  for (let i = CONTEXT; i < bits.length; i++) {
    if (!counts[i - 1]) continue
    const n = seen[contextAt(bits, i)]
    total -= Math.log2((n[bits[i]] + 0.5) / (n[0] + n[1] + 1))
    n[bits[i]]++
  }
  return total
}
