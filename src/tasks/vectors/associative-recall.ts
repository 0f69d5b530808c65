// Associative recall [NTM §4.3]: items of three vectors of 6 bits, each after a delimiter. Then one item is
// repeated between two other delimiters; the answer is the item that followed it.

import { blank, randomVectors, type VectorTask } from "./vector-task.ts"

const BITS = 6
const ITEM = 3

export const associativeRecall: VectorTask = {
  name: "associative-recall",
  summary: "the item that followed the query item",
  width: BITS + 2,
  answer: BITS,
  minSize: 2,
  trained: [2, 6],
  length: (size) => (ITEM + 1) * size + ITEM + 2 + ITEM,
  random(size, random) {
    const { example, put, ask } = blank(this, this.length(size))
    const items = Array.from({ length: size }, () => randomVectors(ITEM, BITS, random))
    const query = random.below(size - 1)
    const begin = (ITEM + 1) * size
    for (const [n, item] of items.entries()) {
      put(n * (ITEM + 1), [1], BITS)
      for (const [i, vector] of item.entries()) put(n * (ITEM + 1) + 1 + i, vector)
    }
    put(begin, [1], BITS + 1)
    for (const [i, vector] of items[query].entries()) put(begin + 1 + i, vector)
    put(begin + ITEM + 1, [1], BITS + 1)
    for (const [i, vector] of items[query + 1].entries()) ask(begin + ITEM + 2 + i, vector)
    return example
  },
}
