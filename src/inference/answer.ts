// A question and its answer, as people write them.

import type { Task } from "../tasks/task.ts"

export interface Answer {
  readonly question: string
  readonly answer: string
  /** The correct answer; null if nobody knows it, as for a question that no pair of the task has. */
  readonly expected: string | null
  /** Whether the model's answer is the correct one; null if nobody knows. */
  readonly right: boolean | null
  /**
   * The model's answer and the correct one, aligned symbol by symbol. Zeros that only pad both are left out.
   */
  readonly shown: string
  readonly shownExpected: string | null
}

/**
 * Compares a model's answer with the correct one.
 * @param input symbols of the question
 * @param output symbols of the model's answer
 */
export function answerOf(all: Task, input: Uint8Array, output: Uint8Array): Answer {
  const task = all.parts?.of(input) ?? all
  const right = all.oracle(input)
  const question = all.formatInput(input)
  if (right === undefined) {
    const answer = task.formatAnswer(output)
    return { question, answer, expected: null, right: null, shown: answer, shownExpected: null }
  }
  const whole = [task.formatOutput(output), task.formatOutput(right)]
  const short = [task.formatAnswer(output), task.formatAnswer(right)]
  const starts = whole.map((text, i) => (text.endsWith(short[i]) ? text.length - short[i].length : 0))
  const from = Math.min(...starts)
  const to = Math.max(...short.map((text, i) => starts[i] + text.length))
  return {
    question,
    answer: short[0],
    expected: short[1],
    right: whole[0] === whole[1],
    shown: whole[0].slice(from, to),
    shownExpected: whole[1].slice(from, to),
  }
}
