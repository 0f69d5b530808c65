// Planted faults: targets that answer like the oracle, except where a fault makes them wrong.

import type { Reply, Target } from "../../src/attack/target.ts"
import { createTask, type Task } from "../../src/tasks/index.ts"

/** How sure the target is of a question: positive if its answer is right. */
export type Margin = (question: string, task: Task) => number

/** A target that answers rightly where the margin is positive. */
export function faulty(task: Task, marginOf: Margin): Target & { readonly asked: () => number } {
  let asked = 0
  return {
    task,
    asked: () => asked,
    async ask(_, questions) {
      asked += questions.length
      return questions.map(({ input, target }): Reply => {
        const margin = marginOf(task.formatInput(input), task)
        return { right: margin > 0, margin, answer: margin > 0 ? task.formatAnswer(target) : "?" }
      })
    },
  }
}

const operands = (question: string) => question.split(/[+*]/u).map((digits) => [...digits].reverse().map(Number))

/** The longest way of a carry through places that only pass it on. */
function longestCarry(question: string): number {
  const [a, b] = operands(question)
  let [longest, now] = [0, 0]
  a.forEach((digit, i) => {
    const sum = digit + b[i]
    now = sum > 1 ? 1 : sum === 1 && now > 0 ? now + 1 : 0
    longest = Math.max(longest, now)
  })
  return longest
}

/** Loses carries that go through more than 15 places. It tells nothing before that. */
export const losesCarries = () => faulty(createTask("add"), (question) => (longestCarry(question) > 15 ? -1 : 1))

/** Is wrong where a lone one stands 40 places from the next one, among zeros only. */
export const losesLoneOnes = () => faulty(createTask("copy"), (question) => (/10{39}1/u.test(question) ? -1 : 1))

/** A wrong entry: nine digits in a row. The more of them are there, the less sure is the target, as a net is. */
export function wrongEntry(entry = "271828459"): Target {
  return faulty(createTask("copy", { base: 10 }), (question) => {
    let most = 0
    for (let at = 0; at + entry.length <= question.length; at++) {
      let same = 0
      for (let i = 0; i < entry.length; i++) if (question[at + i] === entry[i]) same++
      most = Math.max(most, same)
    }
    return entry.length - most
  })
}

/** Never wrong, and as sure of everything. */
export const oracle = (name: string) => faulty(createTask(name), () => 1)
