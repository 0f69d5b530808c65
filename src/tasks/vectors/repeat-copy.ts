// Repeat copy [NTM §4.2]: vectors, then the number of repeats as a scalar on a separate channel; the answer
// ends with a marker. The number is drawn from 1 to 10 and normalized to mean 0 and variance 1.

import { blank, randomVectors, type VectorTask } from "./vector-task.ts"

const BITS = 8
/** Largest number of repeats [NTM §4.2]. */
export const MOST_REPEATS = 10
const MEAN = (1 + MOST_REPEATS) / 2
const DEVIATION = Math.sqrt((MOST_REPEATS * MOST_REPEATS - 1) / 12)

export const repeatCopy: VectorTask = {
  name: "repeat-copy",
  summary: "the vectors repeated a given number of times, and an end marker",
  width: BITS + 2, // bits, delimiter, number of repeats
  answer: BITS + 1, // bits, end marker
  minSize: 1,
  trained: [1, 10],
  length: (size) => size + 1 + size * MOST_REPEATS + 1,
  random(size, random) {
    const repeats = 1 + random.below(MOST_REPEATS)
    const { example, put, ask } = blank(this, size + 1 + size * repeats + 1)
    put(size, [1, (repeats - MEAN) / DEVIATION], BITS)
    const vectors = randomVectors(size, BITS, random)
    for (const [i, vector] of vectors.entries()) {
      put(i, vector)
      for (let r = 0; r < repeats; r++) ask(size + 1 + r * size + i, vector)
    }
    ask(size + 1 + size * repeats, [1], BITS)
    return example
  },
}
