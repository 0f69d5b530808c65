// Priority sort [NTM §4.5]: vectors of 8 bits, each with a priority from -1 to 1. The answer is the four
// fifths with the highest priorities, highest first: 16 of 20 in the paper.

import { blank, randomVectors, type VectorTask } from "./vector-task.ts"

const BITS = 8
/** Number of vectors in the answer: 16 of 20 in the paper. */
const asked = (size: number) => Math.ceil(0.8 * size)

export const prioritySort: VectorTask = {
  name: "priority-sort",
  summary: "the vectors of highest priority, highest first",
  width: BITS + 2, // bits, priority, delimiter
  answer: BITS,
  minSize: 1,
  trained: [20, 20],
  length: (size) => size + 1 + asked(size),
  random(size, random) {
    const { example, put, ask } = blank(this, this.length(size))
    const vectors = randomVectors(size, BITS, random)
    const priorities = vectors.map(() => 2 * random.uniform() - 1)
    for (const [i, vector] of vectors.entries()) put(i, [...vector, priorities[i]])
    put(size, [1], BITS + 1)
    const order = vectors.map((_, i) => i).sort((a, b) => priorities[b] - priorities[a])
    for (let i = 0; i < asked(size); i++) ask(size + 1 + i, vectors[order[i]])
    return example
  },
}
