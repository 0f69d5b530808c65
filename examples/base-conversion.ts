// Binary to hexadecimal: 101111 is 2f. Numbers are read from their last digit.
//   npx neural-gpu train --task examples/base-conversion.ts

import { defineTask } from "neural-gpu"

export const task = defineTask({
  name: "base-conversion",
  symbols: "0123456789abcdef",
  backwards: true,
  question: (size, random) =>
    `${size > 1 ? "1" : ""}${Array.from({ length: Math.max(1, size - 1) }, () => random.below(2)).join("")}`,
  answer: (question) => BigInt(`0b${question}`).toString(16),
  sizes: [
    [1, 5],
    [6, 10],
    [11, 15],
    [16, 20],
  ],
  goal: 80,
})
