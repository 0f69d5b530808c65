// Caesar's cipher with its key in the question: c:hello is jgnnq.
//   npx neural-gpu train --task examples/caesar.ts --maps 96

import { defineTask } from "neural-gpu"

const letters = "abcdefghijklmnopqrstuvwxyz"

export const task = defineTask({
  name: "caesar",
  symbols: `${letters}:`,
  question: (size, random) => {
    const draw = () => letters[random.below(26)]
    return `${draw()}:${Array.from({ length: size }, draw).join("")}`
  },
  answer(question) {
    const key = letters.indexOf(question[0])
    return [...question.slice(2)].map((letter) => letters[(letters.indexOf(letter) + key) % 26]).join("")
  },
  sizes: [
    [1, 4],
    [5, 8],
    [9, 12],
  ],
  goal: 48,
})
