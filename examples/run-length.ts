// Run-length decoding: a3b1 is aaab.
//   npx neural-gpu train --task examples/run-length.ts

import { defineTask } from "neural-gpu"

export const task = defineTask({
  name: "run-length",
  symbols: "abcd1234",
  question: (size, random) =>
    Array.from({ length: size }, () => `${"abcd"[random.below(4)]}${1 + random.below(4)}`).join(""),
  answer: (question) => question.replace(/(.)(\d)/gu, (_, letter: string, n: string) => letter.repeat(Number(n))),
  sizes: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  goal: 12,
})
