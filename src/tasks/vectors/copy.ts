// Copy [NTM §4.1]: n random vectors of 8 bits, then a delimiter on a separate channel. The answer is the same
// vectors, while the input is empty.

import { blank, randomVectors, type VectorTask } from "./vector-task.ts"

const BITS = 8

export const copyVectors: VectorTask = {
  name: "copy-vectors",
  summary: "the same vectors",
  width: BITS + 1,
  answer: BITS,
  minSize: 1,
  trained: [1, 20],
  length: (size) => 2 * size + 1,
  random(size, random) {
    const { example, put, ask } = blank(this, 2 * size + 1)
    put(size, [1], BITS)
    for (const [i, vector] of randomVectors(size, BITS, random).entries()) {
      put(i, vector)
      ask(size + 1 + i, vector)
    }
    return example
  },
}
