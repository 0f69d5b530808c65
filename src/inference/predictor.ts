// Asks trained models: typed questions, evaluation on fresh examples, and one computation step by step.
// Everybody who wants an answer asks here: the command line, the library, the page, and the trainer between
// its steps.

import type { Backend } from "../backends/backend.ts"
import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { random, Stream } from "../core/rng.ts"
import type { AnyExample, Encoding, Part, Score } from "../encoding/encoding.ts"
import { decode } from "../encoding/symbols.ts"
import { createTask, findTask } from "../tasks/index.ts"
import type { Task } from "../tasks/task.ts"
import { type Answer, answerOf } from "./answer.ts"
import { checkEnsemble, ensembleOf } from "./ensemble.ts"
import {
  type Examples,
  freshExamples,
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
  /** Fresh random examples; hard cases are as many as the task lists. */
  readonly samples: number
  /** The task's hard cases instead of random examples. */
  readonly hard?: boolean
  /** Names the examples; 1 unless given. */
  readonly seed?: number
  /** Of several tasks that one model learned, only this one; else examples of all. */
  readonly task?: string | undefined
  /** Called before each wave, and awaited. */
  readonly onWave?: OnWave
}

export type OnWave = (wave: Wave) => void | Promise<void>

/** How often a model was right at one size. */
export interface EvaluationRow extends Shares {
  /** Of several tasks that one model learned: which one. */
  readonly task?: string
  readonly size: number
  readonly hard: boolean
}

/** In place of a step number: no training step draws these numbers. */
const NEVER_A_STEP = -1
const ignore = () => {}

/** Asks one model, or several as one: the mean of their probabilities answers. Programs are compiled when
 *  they are first needed.
 *  @param models at least one; of several, all learned the same task
 *  @param memoryBytes what the machine has; questions that take more are refused
 *  @throws UserError when the models learned different tasks
 *  @example const predictor = createPredictor([loadModel("add")], backend, totalmem())
 *  (await predictor.predict("1011+110")).answer // "10001" */
export function createPredictor(models: readonly Trained[], backend: Backend, memoryBytes: number): Predictor {
  checkEnsemble(models)
  return new Predictor(
    models.map((model) => new Member(model, backend)),
    backend,
    Math.min(memoryBytes, backend.mostBytes),
  )
}

export class Predictor {
  /** How the task's examples look to the (first) model. */
  readonly encoding: Encoding
  /** The names of several tasks that one model learned; none where it is one. */
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

  /** The task, for typing and reading symbols. Throws a UserError sentence where nothing can be typed: tasks
   *  on vectors. */
  get task(): Task {
    const { task } = this.#members[0].config
    const found = findTask(task.name, task)
    return found.kind === "symbols" ? found.task : createTask(found.task.name) // which says why there is none
  }

  /** Compiles what answers, so that what is wrong with it is said now; else the first question does it.
   *  @throws UserError when the weights are not those of the config */
  async ready(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.ready()))
  }

  /** Answers with other weights from now on. Cheap: nothing is compiled again.
   *  @param weights by name, or as a plan's array has them, trainable tensors first [trainableSize]
   *  @param member of an ensemble, which one */
  setWeights(weights: Weights | Float32Array, member = 0): void {
    this.#members[member].weights = weights
  }

  /** Answers a question.
   *  @param question as people type it, "1011+110", or its symbols [L]
   *  @throws UserError when it is no question of the task, or does not fit into memory */
  async predict(question: string | Uint8Array): Promise<Answer> {
    const [answer] = await this.predictMany([question])
    return answer
  }

  /** Answers many questions, of any lengths, as many at once as suits the machine. */
  async predictMany(questions: readonly (string | Uint8Array)[]): Promise<Answer[]> {
    const { task } = this
    const inputs = questions.map((question) => (typeof question === "string" ? task.parse(question) : question))
    const longest = Math.max(0, ...inputs.map((input) => input.length))
    this.#requireFits(longest, "this question")
    const examples = inputs.map((input) => ({ input, target: input }))
    return this.#overWaves(examples, longest, (some, logits) =>
      some.map(({ input }, i) => {
        const output = decode(logits[Math.floor(i / LANES)], i % LANES, input.length, task.symbols.length)
        return answerOf(task, input, output)
      }),
    )
  }

  /** The logits of each lane block of examples: [L, 1, V, LANES].
   *  @param size none of the examples is longer than this size's longest */
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
    return blocksPerWave(this.#members, this.#backend, length)
  }

  #requireFits(length: number, question: string): void {
    const { task } = this.#members[0].config
    const { name } = findTask(task.name, task).task
    requireFits(this.#members, length, this.#memoryBytes, `${name}: ${question}`)
  }

  /** Throws a UserError sentence for a size that takes more memory than there is. */
  requireFits(size: number): void {
    this.#requireFits(this.encoding.length(size), `size ${size}`)
  }

  /** Scores fresh examples of one size.
   *  @throws UserError when the size does not fit into memory, or the model did not learn `task`
   *  @example await predictor.evaluate(200, { samples: 64, hard: true }) */
  async evaluate(size: number, options: EvaluationOptions): Promise<EvaluationRow> {
    const { samples, hard = false, seed = 1, task, onWave = ignore } = options
    const part = this.#part(task)
    this.requireFits(size)
    const stream = random(seed, Stream.evaluation, NEVER_A_STEP, size, Number(hard))
    const score = await this.score(freshExamples(part, size, { samples, hard, stream }), { onWave })
    const { samples: done, exact, symbol, ...bits } = sharesOf(this.encoding.signature, score)
    return { ...(task === undefined ? {} : { task }), size, samples: done, exact, symbol, hard, ...bits }
  }

  #part(task: string | undefined): Part {
    const part = task === undefined ? this.encoding : this.encoding.parts?.find(({ name }) => name === task)
    if (part) return part
    throw new UserError(`evaluate: got the task ${task}, expected one that ${this.#members[0].path} learns`)
  }

  /** Scores examples. It goes back to the event loop before each wave: a backend on this thread never waits,
   *  and no signal or message would be heard. */
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

  /** Scores examples, a wave whenever the caller asks on: yields before each, and returns the score.
   *  @param options.untilWrong false unless given
   *  @param options.blocks as many as suit the machine unless given; with `untilWrong`, how many examples are
   *  scored depends on it */
  waves(examples: Examples, options: Partial<WaveOptions> = {}): AsyncGenerator<Wave, Score> {
    const length = this.encoding.length(examples.size)
    const { untilWrong = false, blocks = this.#blocksPerWave(length) } = options
    const scoreWave = (some: readonly AnyExample[]) =>
      this.#inTurn(async () => this.encoding.score(some, await this.#ask(some)))
    return scoreInWaves(scoreWave, examples, length, { untilWrong, blocks })
  }

  /** One computation, to be taken step by step; of an ensemble, the first model's.
   *  @param question as people type it, its symbols [L], or an example of any kind of task
   *  @throws Error when the model has no scan */
  async trace(question: string | Uint8Array | AnyExample): Promise<Computation> {
    if (!this.#tracer) {
      this.#tracer = createTracer(this.#members[0], this.#backend)
      this.#tracer.catch(() => (this.#tracer = undefined)) // the next question tries again
    }
    const tracer = await this.#tracer
    const input = typeof question === "string" ? this.task.parse(question) : question
    return tracer.compute(input instanceof Uint8Array ? this.encoding.asked(input) : input)
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#members.map((member) => member.dispose()), this.#tracer?.then((t) => t.dispose())])
  }
}
