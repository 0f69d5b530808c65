// What is attacked: a model, an ensemble, or any program that answers.

import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { decode } from "../encoding/symbols.ts"
import type { Predictor } from "../inference/predictor.ts"
import type { Example, Task } from "../tasks/task.ts"

export interface Reply {
  readonly right: boolean
  /**
   * How sure the answer is: the log-probability of the right symbol minus that of the likeliest other one, at
   * the worst place. Negative if the answer is wrong. A program that tells no probabilities gives 1 or -1.
   */
  readonly margin: number
  /** The answer as text. */
  readonly answer: string
}

export interface Target {
  readonly task: Task
  /** Answers questions of this size, in order. */
  ask(size: number, questions: readonly Example[]): Promise<readonly Reply[]>
}

/**
 * A model or an ensemble as a target.
 * @throws UserError for tasks on vectors or images
 */
export function modelTarget(predictor: Predictor): Target {
  const { task } = predictor
  const V = task.symbols.length
  return {
    task,
    async ask(size, questions) {
      predictor.requireFits(size)
      const logits = await predictor.logits(size, questions)
      return questions.map(({ input, target }, i) => {
        const [values, lane] = [logits[Math.floor(i / LANES)], i % LANES]
        const output = decode(values, lane, target.length, V)
        const right = output.every((symbol, l) => symbol === target[l])
        const answer = (task.parts?.of(input) ?? task).formatAnswer(output)
        return { right, margin: marginOf(values, lane, target, V), answer }
      })
    },
  }
}

/** Logits are log-probabilities, [L, 1, V, LANES]. */
function marginOf(logits: Float32Array, lane: number, target: Uint8Array, V: number): number {
  let margin = Number.POSITIVE_INFINITY
  target.forEach((symbol, l) => {
    const at = (v: number) => logits[(l * V + v) * LANES + lane]
    for (let v = 0; v < V; v++) if (v !== symbol) margin = Math.min(margin, at(symbol) - at(v))
  })
  return Number.isNaN(margin) ? Number.NEGATIVE_INFINITY : margin
}

/** The size of a question. */
export const sizeOf = (task: Task, input: Uint8Array): number => (task.parts?.of(input) ?? task).sizeOf(input.length)

/** The right answer to a question; undefined if the task does not know it. */
export const rightAnswer = (task: Task, input: Uint8Array): Uint8Array | undefined => task.oracle(input)

/** The question with its right answer; undefined if the task does not know it. */
export function asked(task: Task, input: Uint8Array): Example | undefined {
  const target = rightAnswer(task, input)
  return target && { input, target }
}

/** The question with its right answer; undefined if the text is not a question, or the task knows no answer. */
export function askedText(task: Task, text: string): Example | undefined {
  try {
    return asked(task, task.parse(text))
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
