// Are brackets of three kinds balanced? ([]) is 1, ([)] is 0.
//   npx neural-gpu train --task examples/brackets.ts

import { defineTask } from "neural-gpu"

const pairs = ["()", "[]", "{}"]
const all = pairs.join("")

function balanced(text: string): boolean {
  const open: string[] = []
  for (const bracket of text) {
    const pair = pairs.find(([left]) => left === bracket)
    if (pair) open.push(pair[1])
    else if (open.pop() !== bracket) return false
  }
  return open.length === 0
}

export const task = defineTask({
  name: "brackets",
  symbols: `${all}01`,
  /** Balanced brackets, of which every second question changes one. */
  question(size, random) {
    const open: string[] = []
    let text = ""
    for (let left = 2 * size; left > 0; left--) {
      const opens = open.length === 0 || (open.length < left && random.below(2) === 0)
      const pair = pairs[random.below(3)]
      if (opens) open.push(pair[1])
      text += opens ? pair[0] : open.pop()
    }
    if (random.below(2) === 0) return text
    const at = random.below(text.length)
    const other = all[(all.indexOf(text[at]) + 1 + random.below(5)) % 6]
    return text.slice(0, at) + other + text.slice(at + 1)
  },
  answer: (question) => (balanced(question) ? "1" : "0"),
  sizes: [
    [1, 3],
    [4, 6],
    [7, 8],
  ],
  goal: 16,
})
