// A trained model at work: answers typed questions, and is scored on fresh examples.

import { totalmem } from "node:os"
import { setImmediate } from "node:timers/promises"
import type { Backend } from "../backends/backend.ts"
import { layoutOf } from "../backends/layout.ts"
import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { random, Stream } from "../core/rng.ts"
import { createTask, findTask } from "../tasks/index.ts"
import type { Task } from "../tasks/task.ts"
import type { TrainConfig } from "../training/config.ts"
import { addScores, bitsOf, encodingOf, noScore, type Score } from "../training/encoding.ts"
import { ensembleOf } from "../training/ensemble.ts"
import { evaluateBy } from "../training/evaluate.ts"
import { planEvaluation, sharedOf } from "../training/model.ts"
import { decode } from "../training/symbols.ts"
import type { EvaluationRow, TrainedModel } from "./model.ts"

/** One question with what the model answered, all as people write them. */
export interface Answer {
  readonly question: string
  readonly answer: string
  /** What the task's oracle says. */
  readonly expected: string
  readonly right: boolean
  /** The answer and the right one, symbol below symbol, without the zeros that only fill both. */
  readonly shown: string
  readonly shownExpected: string
}

export interface EvaluationOptions {
  /** Fresh random examples; structured ones are as many as the task has. */
  readonly samples: number
  readonly structured?: boolean
  readonly seed?: number
  /** Of several tasks that are learnt together, only this one; else examples of all. */
  readonly task?: string | undefined
  /** Called with the number of examples done. */
  readonly progress?: (done: number, of: number) => void
}

export interface OpenModel {
  readonly config: TrainConfig
  /** Throws a UserError sentence where nothing can be typed: tasks on vectors. */
  readonly task: Task
  /** The names of several tasks that are learnt together; none where it is one. */
  readonly tasks: readonly string[]
  /** Answers a question such as "1011+110"; a UserError sentence when it cannot be one. */
  answer(question: string): Promise<Answer>
  /** Throws a UserError sentence for a size that takes more memory than there is. */
  requireFits(size: number): void
  /** Scores fresh examples of one size. */
  evaluate(size: number, options: EvaluationOptions): Promise<EvaluationRow>
  dispose(): Promise<void>
}

/** Bytes of examples and their logits that are held at once, about. */
const WAVE_BYTES = 2 ** 28
/** In place of a step number: no training step draws these numbers. */
const NEVER_A_STEP = -1

/** Compiles a trained model for a backend; with `others`, the mean of all their probabilities answers. */
export async function openModel(
  model: TrainedModel,
  backend: Backend,
  others: readonly TrainedModel[] = [],
): Promise<OpenModel> {
  const { config } = model
  const learns = ({ config: { task } }: TrainedModel) => `${task.name}, base ${task.base}, output ${task.output}`
  const stranger = others.find((other) => learns(other) !== learns(model))
  if (stranger)
    throw new UserError(
      `${stranger.path} learns ${learns(stranger)} and ${model.path} ${learns(model)}; an ensemble's models learn the same`,
    )
  const found = findTask(config.task.name, config.task)
  const encoding = encodingOf(config.task, config.model)
  const { name } = found.task
  const typed = () => (found.kind === "symbols" ? found.task : createTask(name)) // which says why there is none
  const members = await Promise.all(
    [model, ...others].map(async ({ config, weights, path }) => {
      const encoding = encodingOf(config.task, config.model)
      const program = await backend.compile(planEvaluation(config.model, encoding.signature))
      return { encoding, program, shared: sharedOf(program.plan, weights, path) }
    }),
  )
  const ask = ensembleOf(members)
  const layouts = (length: number) =>
    members.map(({ program, encoding }) => layoutOf(program.plan, length, encoding.steps(length)))
  const requireFits = (length: number, question: string) => {
    const bytes = Math.max(...layouts(length).map(({ ioSize, arenaSize }) => 4 * (2 * ioSize + arenaSize)))
    const most = backend.name === "wasm" ? Math.min(2 ** 32, totalmem()) : totalmem()
    if (bytes > most)
      throw new UserError(
        `${name}: ${question} takes ${gigabytes(bytes)} GB of memory, more than the ${gigabytes(most)} GB there are; use a smaller size`,
      )
  }
  return {
    config,
    get task() {
      return typed()
    },
    async answer(question) {
      const task = typed()
      const input = task.parse(question)
      requireFits(input.length, "this question")
      const [logits] = await ask([{ input, target: input }], 0)
      return compare(task, input, decode(logits, 0, input.length, task.symbols.length), task.oracle(input))
    },
    requireFits: (size) => requireFits(encoding.length(size), `size ${size}`),
    tasks: encoding.parts?.map(({ name }) => name as string) ?? [],
    async evaluate(size, { samples, structured = false, seed = 1, task, progress }) {
      const part = task === undefined ? encoding : encoding.parts?.find(({ name }) => name === task)
      if (!part) throw new UserError(`evaluate: got the task ${task}, expected one that ${model.path} learns`)
      const length = encoding.length(size)
      requireFits(length, `size ${size}`)
      const stream = random(seed, Stream.evaluation, NEVER_A_STEP, size, Number(structured))
      const listed = structured ? part.structured(size, stream) : undefined
      const count = listed?.length ?? samples
      const most = Math.floor(WAVE_BYTES / (4 * Math.max(...layouts(length).map(({ ioSize }) => ioSize))))
      const wave = Math.max(1, Math.min(most, length < 200 ? 4 * backend.workers : backend.workers))
      let total: Score = noScore
      for (let done = 0; done < count; done += LANES * wave) {
        const n = Math.min(LANES * wave, count - done)
        const some = listed?.slice(done, done + n) ?? Array.from({ length: n }, () => part.random(size, stream))
        total = addScores(total, await evaluateBy(ask, encoding, some, { wave }))
        progress?.(total.answers, count)
        await setImmediate() // a backend on this thread never waits: without this no signal would be heard
      }
      const share = (right: number, of: number) => (of === 0 ? 1 : right / of)
      return {
        ...(task === undefined ? {} : { task }),
        size,
        samples: total.answers,
        exact: share(total.answersRight, total.answers),
        symbol: share(total.symbolsRight, total.symbols),
        structured,
        ...bitsOf(encoding.signature, total),
      }
    },
    dispose: async () => {
      await Promise.all(members.map(({ program }) => program.dispose()))
    },
  }
}

function compare(all: Task, input: Uint8Array, output: Uint8Array, right: Uint8Array): Answer {
  const task = all.parts?.of(input) ?? all
  const whole = [task.formatOutput(output), task.formatOutput(right)]
  const short = [task.formatAnswer(output), task.formatAnswer(right)]
  const starts = whole.map((text, i) => (text.endsWith(short[i]) ? text.length - short[i].length : 0))
  const from = Math.min(...starts)
  const to = Math.max(...short.map((text, i) => starts[i] + text.length))
  return {
    question: all.formatInput(input),
    answer: short[0],
    expected: short[1],
    right: whole[0] === whole[1],
    shown: whole[0].slice(from, to),
    shownExpected: whole[1].slice(from, to),
  }
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)
