// The predictor is the only way to run a trained model: typed questions, evaluation on fresh examples, and
// traces. The command line, the library, the page and the trainer all use it.

import type { Backend } from "../backends/backend.ts"
import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import type { AnyExample, Encoding, Part, Score } from "../encoding/encoding.ts"
import { decode } from "../encoding/symbols.ts"
import { everyQuestion } from "../tasks/every-question.ts"
import { createTask } from "../tasks/index.ts"
import type { Task } from "../tasks/task.ts"
import { type Answer, answerOf } from "./answer.ts"
import { checkEnsemble, ensembleOf } from "./ensemble.ts"
import {
  drawnExamples,
  type Examples,
  type Shares,
  scoreInWaves,
  sharesOf,
  type Wave,
  type WaveOptions,
} from "./evaluate.ts"
import { type Ask, Member, type Trained } from "./member.ts"
import { blocksPerWave, requireFits } from "./memory.ts"
import { type Computation, createTracer, type Tracer } from "./trace.ts"
import { createTurns } from "./turns.ts"
import type { Weights } from "./weights.ts"

export interface EvaluationOptions {
  /** Number of fresh random examples. Hard cases have their own number. */
  readonly samples: number
  /** Use the task's hard cases instead of random examples. */
  readonly hard?: boolean
  /** Draw from this family of worst-case questions instead; `families` names them. */
  readonly family?: string | undefined
  /** Ask every question of the size instead, if there are at most `MOST_QUESTIONS`. */
  readonly exhaustive?: boolean
  /** Seed of the examples; 1 by default. */
  readonly seed?: number
  /** Multitask models: evaluate only this task; all tasks by default. */
  readonly task?: string | undefined
  /** Called and awaited before each wave. */
  readonly onWave?: OnWave
}

export type OnWave = (wave: Wave) => void | Promise<void>

/** The result of an evaluation at one size. */
export interface EvaluationRow extends Shares {
  /** Multitask models: the name of the task. */
  readonly task?: string
  readonly size: number
  readonly hard: boolean
  /** The family of which all questions were. */
  readonly family?: string
  /** Whether the examples were all that there are. */
  readonly exhaustive?: true
}

/** The most questions of an exhaustive evaluation: 10 bits of each of two numbers. */
export const MOST_QUESTIONS = 2 ** 20

const ignore = () => {}

/**
 * Creates a predictor for one model or an ensemble. Programs are compiled when they are first needed.
 * @param models at least one; the models of an ensemble must have learned the same task
 * @param memoryBytes memory of the machine; questions that need more are refused. By default, as much as the
 * backend can address
 * @throws UserError if the models learned different tasks
 * @example
 * const predictor = createPredictor([loadModel("add")], backend, totalmem())
 * ;(await predictor.predict("1011+110")).answer // "10001"
 */
export function createPredictor(
  models: readonly Trained[],
  backend: Backend,
  memoryBytes: number = backend.mostBytes,
): Predictor {
  checkEnsemble(models)
  return new Predictor(
    models.map((model) => new Member(model, backend)),
    backend,
    memoryBytes,
  )
}

export class Predictor {
  /** How examples become inputs of the model; for an ensemble, of its first model. */
  readonly encoding: Encoding
  /** Multitask models: the names of their tasks; empty for a single task. */
  readonly tasks: readonly string[]
  readonly #members: readonly Member[]
  readonly #backend: Backend
  readonly #memoryBytes: number
  readonly #ask: Ask
  readonly #inTurn = createTurns()
  #tracer: Promise<Tracer> | undefined

  constructor(members: readonly Member[], backend: Backend, memoryBytes: number) {
    this.#members = members
    this.#backend = backend
    this.#memoryBytes = memoryBytes
    this.#ask = ensembleOf(members)
    this.encoding = members[0].encoding
    this.tasks = this.encoding.parts?.map(({ name }) => name as string) ?? []
  }

  /**
   * The task, to parse and format symbols.
   * @throws UserError for tasks on vectors or images, which cannot be typed
   */
  get task(): Task {
    const { task } = this.#members[0]
    return task.kind === "symbols" ? task.task : createTask(task.task.name) // throws the reason
  }

  /**
   * Compiles the models now instead of at the first question.
   * @throws UserError if the weights do not fit the config
   */
  async ready(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.ready()))
  }

  /**
   * Replaces the weights. This is cheap, because nothing is compiled again.
   * @param weights by name, or as one array in the plan's order: trainable tensors first [trainableSize]
   * @param member index of the model in an ensemble
   */
  setWeights(weights: Weights | Float32Array, member = 0): void {
    this.#members[member].weights = weights
  }

  /**
   * Answers one question.
   * @param question as typed, such as "1011+110", or its symbols [L]
   * @throws UserError if it is not a question of the task, or does not fit into memory
   * @example (await predictor.predict("1011+110")).answer // "10001"
   */
  async predict(question: string | Uint8Array): Promise<Answer> {
    const [answer] = await this.predictMany([question])
    return answer
  }

  /**
   * Answers many questions of any lengths, in waves that suit the machine. Answers have the order of the
   * questions.
   * @param questions as typed, or their symbols [L]
   * @throws UserError as `predict` does
   */
  async predictMany(questions: readonly (string | Uint8Array)[]): Promise<Answer[]> {
    const { task } = this
    const inputs = questions.map((question) => (typeof question === "string" ? task.parse(question) : question))
    const longest = Math.max(0, ...inputs.map((input) => input.length))
    this.#requireFits(longest, "this question")
    // questions of similar lengths stand in one block, which is as long as its longest one
    const order = [...inputs.keys()].sort((a, b) => inputs[a].length - inputs[b].length)
    const examples = order.map((i) => ({ input: inputs[i], target: inputs[i] }))
    const answers = await this.#overWaves(examples, longest, (some, logits) =>
      some.map(({ input }, i) => {
        const output = decode(logits[Math.floor(i / LANES)], i % LANES, input.length, task.symbols.length)
        return answerOf(task, input, output)
      }),
    )
    const out: Answer[] = []
    order.forEach((i, at) => (out[i] = answers[at]))
    return out
  }

  /**
   * Computes the logits of each lane block: [L, 1, V, LANES].
   * @param size upper bound for the sizes of the examples
   */
  logits(size: number, examples: readonly AnyExample[]): Promise<Float32Array[]> {
    const length = this.encoding.length(size)
    return this.#overWaves(examples, length, (_, logits) => logits.map((values) => values.slice()))
  }

  async #overWaves<E extends AnyExample, T>(
    examples: readonly E[],
    longest: number,
    read: (some: readonly E[], logits: readonly Float32Array[]) => readonly T[],
  ): Promise<T[]> {
    const wave = LANES * this.#blocksPerWave(longest)
    const results: T[] = []
    for (let start = 0; start < examples.length; start += wave) {
      const some = examples.slice(start, start + wave)
      results.push(...(await this.#inTurn(async () => read(some, await this.#ask(some)))))
    }
    return results
  }

  #blocksPerWave(length: number): number {
    return blocksPerWave(this.#members, this.#backend, length, this.#memoryBytes)
  }

  #requireFits(length: number, question: string, blocks = 1): void {
    const { name } = this.#members[0].task.task
    requireFits(this.#members, length, this.#memoryBytes, `${name}: ${question}`, blocks)
    requireFits(this.#members, length, this.#backend.mostBytes, `${name}: ${question}`)
  }

  /**
   * Checks that examples of this size fit into memory.
   * @param blocks lane blocks that are computed at once; otherwise as many as fit
   * @throws UserError if they do not
   */
  requireFits(size: number, blocks = 1): void {
    this.#requireFits(this.encoding.length(size), `size ${size}`, blocks)
  }

  /**
   * Evaluates the model on fresh examples of one size.
   * @throws UserError if the size does not fit into memory, or the model did not learn `options.task`
   * @example (await predictor.evaluate(200, { samples: 64, seed: 1 })).exact // share of right answers
   */
  async evaluate(size: number, options: EvaluationOptions): Promise<EvaluationRow> {
    const { hard = false, task, family, exhaustive = false, onWave = ignore } = options
    const part = this.#part(task)
    this.requireFits(size)
    const examples = exhaustive ? this.#everyExample(size, task) : drawnExamples(part, size, options)
    const score = await this.score(examples, { onWave })
    const { samples: done, exact, symbol, ...bits } = sharesOf(this.encoding.signature, score)
    const shares = { size, samples: done, exact, symbol, hard, ...bits }
    return {
      ...(task === undefined ? {} : { task }),
      ...shares,
      ...(family === undefined ? {} : { family }),
      ...(exhaustive ? { exhaustive } : {}),
    }
  }

  /** The names of the families of worst-case questions, of all tasks or of one. */
  families(task?: string): readonly string[] {
    return this.#part(task).families.map(({ name }) => name)
  }

  /**
   * Checks that all questions of a size can be listed.
   * @throws UserError if the task is one of the user's own
   */
  requireAllKnown(): void {
    if (this.task.vocabulary !== null)
      throw new UserError(`${this.task.name}: which questions there are is not known, expected a task of this package`)
  }

  #everyExample(size: number, name: string | undefined): Examples {
    const { task } = this
    this.requireAllKnown()
    const { count, take } = everyQuestion(task.parts?.tasks.find((part) => part.name === name) ?? task, size)
    if (count > MOST_QUESTIONS)
      throw new UserError(
        `${task.name}: size ${size} has ${count} questions, expected at most ${MOST_QUESTIONS}; use a smaller size`,
      )
    let taken = 0
    return { size, count, take: (n) => take((taken += n) - n, n).map((input) => this.encoding.asked(input)) }
  }

  #part(task: string | undefined): Part {
    const part = task === undefined ? this.encoding : this.encoding.parts?.find(({ name }) => name === task)
    if (part) return part
    throw new UserError(`evaluate: got the task ${task}, expected one that ${this.#members[0].path} learned`)
  }

  /**
   * Scores the given examples. It returns to the event loop before each wave. Otherwise a backend that
   * computes on this thread would block signals and messages.
   */
  async score(examples: Examples, options: Partial<WaveOptions> & { readonly onWave?: OnWave } = {}): Promise<Score> {
    const { onWave = ignore, ...how } = options
    const waves = this.waves(examples, how)
    let wave = await waves.next()
    for (; !wave.done; wave = await waves.next()) {
      await onWave(wave.value)
      await new Promise((resolve) => setTimeout(resolve))
    }
    return wave.value
  }

  /**
   * Scores the given examples wave by wave: yields the progress before each wave and returns the score.
   * @param options.untilWrong stop after the first wave with a wrong answer; false by default
   * @param options.blocks lane blocks in one wave; by default as many as suit the machine. With `untilWrong`,
   * the number of scored examples depends on it.
   */
  waves(examples: Examples, options: Partial<WaveOptions> = {}): AsyncGenerator<Wave, Score> {
    const length = this.encoding.length(examples.size)
    const { untilWrong = false, blocks = this.#blocksPerWave(length) } = options
    const scoreWave = (some: readonly AnyExample[]) =>
      this.#inTurn(async () => this.encoding.score(some, await this.#ask(some)))
    return scoreInWaves(scoreWave, examples, length, { untilWrong, blocks })
  }

  /**
   * Prepares one question for computing step by step. An ensemble uses its first model.
   * @param question as typed, its symbols [L], or an example of any kind of task
   * @throws UserError if it is not a question of the task
   * @throws Error if the model has no scan
   */
  async trace(question: string | Uint8Array | AnyExample): Promise<Computation> {
    if (!this.#tracer) {
      this.#tracer = createTracer(this.#members[0], this.#backend)
      this.#tracer.catch(() => (this.#tracer = undefined)) // the next question tries again
    }
    const tracer = await this.#tracer
    const input = typeof question === "string" ? this.task.parse(question) : question
    // a trace never reads the target
    return tracer.compute(input instanceof Uint8Array ? { input, target: input } : input)
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#members.map((member) => member.dispose()), this.#tracer?.then((t) => t.dispose())])
  }
}
