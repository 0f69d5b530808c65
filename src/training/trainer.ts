// The training loop: an async generator of events. Everything it knows is in its state, so a snapshot of any
// step event resumes bit for bit. It reads no clock, no file and no global. Its consumer saves, prints and
// stops.

import type { Backend } from "../backends/backend.ts"
import type { Arrays, Resident } from "../backends/resident.ts"
import { UserError } from "../core/errors.ts"
import { initialValues } from "../core/params.ts"
import { hash, Stream } from "../core/rng.ts"
import { addScores, bitsOf, type Encoding, encodingOf, noScore } from "../encoding/index.ts"
import type { Predictor } from "../inference/predictor.ts"
import type { Copies } from "../plan/copies.ts"
import { WEIGHTS } from "../plan/update.ts"
import { type FoundTask, findTask } from "../tasks/index.ts"
import { drawGroups, type Group, plainDraw } from "./batches.ts"
import { longestSize, type TrainConfig } from "./config.ts"
import { advanced, beginCurriculum, sizeOfStage, sizesOfStep, stagesOf } from "./curriculum.ts"
import { type Snapshot, type StepEvent, type TrainEvent, TrainingFailed, type TrainState } from "./events.ts"
import { goalMeasurements, isMet, LEARNED_SAMPLES, learnedAfter, type Measure, measureGoal } from "./goal.ts"
import { measure } from "./measure.ts"
import { compileModel, graphOf, type Model } from "./model.ts"
import type { Mutable } from "./mutable.ts"
import type { Optimizer } from "./optimizers/optimizer.ts"
import { allTechniques, optionsOf, type Phase } from "./phases.ts"
import type { Schedule } from "./schedule.ts"
import { schedules } from "./schedules/index.ts"
import { checkState } from "./state.ts"
import type { Hook, RunView, StepDone, Technique } from "./technique.ts"
import { EMA } from "./techniques/ema.ts"
import { tensorName } from "./tensor-names.ts"
import { arraysOf, optimizerOf, startRateOf, updateOf } from "./update.ts"

/** Rollbacks after non-finite numbers, before training fails. */
const MAX_ROLLBACKS = 3
/** Steps between the states to which a rollback can return. */
const ROLLBACK_EVERY = 50

/**
 * Trains until the goal is met or `config.steps` are done.
 * @param from a snapshot to resume from
 * @param task the task with its examples; by default, the one that the config names
 * @throws UserError if the snapshot does not fit the config
 * @throws TrainingFailed if numbers stay non-finite after every rollback
 */
export async function* train(
  config: TrainConfig,
  backend: Backend,
  from?: Snapshot,
  task: FoundTask = findTask(config.task.name, config.task),
): AsyncGenerator<TrainEvent> {
  if (from) checkState(config, from.step, from.state)
  const encoding = encodingOf(config.task, config.model, task)
  const options = { ...graphOf(config), longest: encoding.length(longestSize(config)) }
  const model = await compileModel(config, backend, options, task)
  let arrays: Resident | undefined
  try {
    const copies = copiesOf(model)
    arrays = await model.train.resident(updateOf(config, copies))
    const trainer = new Trainer(config, encoding, model, arrays, copies)
    if (from) trainer.restore(from)
    trainer.good = await trainer.take()()
    const { step, seed } = trainer.state
    yield {
      type: "start",
      step,
      seed,
      parameters: model.trainable,
      device: backend.name,
      predictor: () => model.predictor,
    }
    yield* trainer.run()
  } finally {
    await arrays?.dispose()
    await model.dispose()
  }
}

/** The parameters that have copies. */
const copiesOf = ({ train }: Model): readonly Copies[] =>
  train.plan.shared
    .filter(({ trainable, copies }) => trainable && copies > 1)
    .map(({ offset, size, copies }) => ({ offset, size: size / copies, copies }))

class Trainer implements RunView {
  readonly config: TrainConfig
  readonly encoding: Encoding
  readonly model: Model
  readonly arrays: Resident
  readonly copies: readonly Copies[]
  readonly arrayNames: readonly string[]
  readonly momentum: readonly string[]
  readonly optimizer: Optimizer
  readonly longest: number
  readonly stages: number
  readonly startRate: number
  state: Mutable<TrainState>
  /** The state to which a rollback returns. */
  good: Snapshot | undefined

  constructor(config: TrainConfig, encoding: Encoding, model: Model, arrays: Resident, copies: readonly Copies[]) {
    this.config = config
    this.encoding = encoding
    this.model = model
    this.arrays = arrays
    this.copies = copies
    this.optimizer = optimizerOf(config)
    this.arrayNames = arraysOf(config)
    this.momentum = this.optimizer.momentum
    this.longest = longestSize(config)
    this.stages = stagesOf(config.curriculum, config.sizes)
    this.startRate = startRateOf(config)
    this.state = this.begin(config.seed, 0)
  }

  /** Starts an attempt: writes its initial weights and returns its state. */
  begin(seed: number, step: number): Mutable<TrainState> {
    const { plan } = this.model.train
    const weights = initialValues(plan.shared, seed).subarray(0, plan.trainableSize)
    const zeros = this.optimizer.arrays.map((name) => [name, new Float32Array(weights.length)])
    this.arrays.write({ [WEIGHTS]: weights, [EMA]: weights, ...Object.fromEntries(zeros) })
    this.state = {
      step,
      seed,
      begin: step,
      rollbacks: 0,
      phase: { index: 0, began: step },
      rate: this.startRate,
      schedule: schedules[this.config.phases[0].schedule.name].begin(),
      curriculum: beginCurriculum(),
      learned: { streak: 0, since: null },
      goal: { streak: 0, symbol: 0 },
      optimizer: this.optimizer.begin(this.config.optimizer),
      techniques: Object.fromEntries(allTechniques.map(({ name, begin }) => [name, begin()])),
    }
    this.each((technique, hook) => technique.beginPhase(hook))
    return this.state
  }

  get phase(): Phase {
    return this.config.phases[this.state.phase.index]
  }

  get predictor(): Predictor {
    return this.model.predictor
  }

  /** Calls every technique with the phase's options and its own state. */
  each<T>(call: (technique: Technique, hook: Hook<object, object>) => T): T[] {
    return allTechniques.map((technique) => call(technique, this.hook(technique)))
  }

  /** Captures the present state. It must be read before the next but one is captured. */
  take(): () => Promise<Snapshot> {
    const then = this.arrays.remember()
    const state = structuredClone(this.state) as TrainState
    return async () => {
      const arrays = await then.read()
      const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>()
      for (const { name, shape, size, offset, trainable } of this.model.train.plan.shared)
        if (trainable)
          for (const array of this.arrayNames)
            tensors.set(tensorName(array, name), { shape, data: arrays[array].slice(offset, offset + size) })
      return { step: state.step, tensors, state: structuredClone(state) }
    }
  }

  restore({ tensors, state }: Snapshot): void {
    this.state = structuredClone(state) as Mutable<TrainState>
    const { plan } = this.model.train
    const arrays: Arrays = Object.fromEntries(
      this.arrayNames.map((array) => [array, new Float32Array(plan.trainableSize)]),
    )
    for (const array of this.arrayNames)
      for (const { name, shape, size, offset } of plan.shared.filter(({ trainable }) => trainable)) {
        const tensor = tensors.get(tensorName(array, name))
        if (
          !(
            tensor?.data instanceof Float32Array &&
            String(tensor.shape) === String(shape) &&
            tensor.data.length === size
          )
        )
          throw new UserError(
            `the checkpoint does not fit its config: expected the tensor ${tensorName(array, name)} with F32 numbers of shape [${shape}]`,
          )
        arrays[array].set(tensor.data, offset)
      }
    this.arrays.write(arrays)
  }

  async *run(): AsyncGenerator<TrainEvent> {
    const { config } = this
    for (;;) {
      if (isMet(this.state.goal, config.goal)) return yield this.done("generalizes")
      if (config.steps !== null && this.state.step >= config.steps) return yield this.done("steps")
      await Promise.all(this.each((technique, hook) => technique.beforeStep(hook)))
      const step = await this.step()
      if (typeof step === "string") {
        yield this.rollback(step)
        continue
      }
      yield* this.afterStep(step.done)
      yield* this.checks()
      yield* this.endOfStep(step.event)
    }
  }

  /** Updates learning rate, curriculum and techniques after a step. */
  async *afterStep(done: Omit<StepDone, "stageLearned">): AsyncGenerator<TrainEvent> {
    const { config, state } = this
    const joined = state.curriculum.stage === this.stages
    const last = done.groups.length - 1
    const [score, size] = [done.scores[last], done.groups[last].size]
    const attemptSteps = state.step - state.begin
    const { state: curriculum, learned } = advanced(config, state.curriculum, { score, size, steps: attemptSteps })
    state.curriculum = curriculum
    yield* this.nextPhase()
    const { schedule } = this.phase
    const view = { start: this.startRate, rate: state.rate, attemptSteps, error: done.error, joined }
    const steps = state.step - state.phase.began
    state.rate = scheduleOf(schedule.name).next(schedule, state.schedule, { ...view, steps })
    for (const technique of allTechniques)
      yield* await technique.afterStep(this.hook(technique), { ...done, stageLearned: learned })
  }

  /** Checks whether the trained sizes are learned and whether the goal is met, when these checks are due. */
  async *checks(): AsyncGenerator<TrainEvent> {
    const { config, state } = this
    const ready = state.curriculum.stage === this.stages && this.each((t, hook) => t.isReady(hook)).every(Boolean)
    if (state.learned.since === null && ready && state.step % config.learned.every === 0) {
      const wanted = { size: longestSize(config), samples: LEARNED_SAMPLES, asked: "trained" } as const
      const { exact } = yield* (await this.measuring())(wanted)
      state.learned = learnedAfter(state.learned, exact, config.learned.exact, state.step)
      if (state.learned.since !== null) yield { type: "learned", step: state.step }
      yield* this.nextPhase()
    }
    const { since } = state.learned
    if (since === null || (state.step - since) % config.goal.every !== 0) return
    const { goal } = config
    const hasHard = this.encoding.hasHard(goal.size)
    const list = goalMeasurements(goal, { longest: longestSize(config), streak: state.goal.streak, hasHard })
    state.goal = yield* measureGoal(goal, state.goal, list, await this.measuring())
    yield { type: "goal", step: state.step, streak: state.goal.streak, times: goal.times }
  }

  /** Yields the step's event, and starts another attempt if this one has failed. */
  async *endOfStep(event: Omit<StepEvent, "snapshot">): AsyncGenerator<TrainEvent> {
    const reason = this.each((technique, hook) => technique.verdict(hook)).find((text) => text !== undefined)
    const restarts = reason !== undefined && !isMet(this.state.goal, this.config.goal)
    if (restarts) this.begin(this.state.seed + 1, this.state.step)
    const snapshot = this.take()
    if (restarts || this.state.step % ROLLBACK_EVERY === 0) this.good = await snapshot()
    yield { ...event, snapshot }
    if (restarts) yield { type: "restart", step: this.state.step, seed: this.state.seed, reason }
  }

  hook(technique: { readonly name: string }): Hook<object, object> {
    const { name } = technique
    return { options: optionsOf(this.phase, name), state: this.state.techniques[name], run: this }
  }

  /** A measurement of the EMA of the weights. */
  async measuring(): Promise<Measure> {
    const { config, predictor, state } = this
    predictor.setWeights(await this.arrays.read(EMA))
    return (wanted) => measure({ config, predictor, state }, wanted)
  }

  /** Starts the next phase if it is due. */
  *nextPhase(): Generator<TrainEvent> {
    const { config, state } = this
    while (state.phase.index < config.phases.length - 1 && this.phaseEnds()) {
      state.phase = { index: state.phase.index + 1, began: state.step }
      state.schedule = scheduleOf(this.phase.schedule.name).begin()
      this.each((technique, hook) => technique.beginPhase(hook))
      yield { type: "phase", step: state.step, phase: state.phase.index, phases: config.phases.length }
    }
  }

  phaseEnds(): boolean {
    const { state } = this
    const { until } = this.phase
    if (typeof until === "number") return state.step - state.phase.began >= until
    switch (until) {
      case "joined":
        return state.curriculum.stage === this.stages
      case "learned":
        return state.learned.since !== null
      case "goal":
        return false
      default:
        return until satisfies never
    }
  }

  done(reason: "generalizes" | "steps"): TrainEvent {
    return { type: "done", step: this.state.step, reason, snapshot: this.take() }
  }

  /** Draws the examples of the next step. */
  draw(): Group[] {
    const { config, state, encoding } = this
    const words = [state.seed, state.rollbacks]
    const sizes = sizesOfStep(config.curriculum, config.sizes, state.curriculum.stage, state.step, ...words)
    const changed = Object.assign({}, plainDraw, ...this.each((technique, hook) => technique.draw(hook)))
    return drawGroups(encoding, { sizes, batchSize: config.batchSize, ...changed }, state.step, words)
  }

  /** Performs one update. A returned text says why it was not applied. */
  async step() {
    const { state, encoding } = this
    const groups = this.draw()
    const blocks = groups.flatMap((g) => g.blocks)
    const merged = <T>(parts: readonly Readonly<Record<string, T>>[]) => Object.assign({}, ...parts)
    const told = {
      settings: merged<number>(this.each((t, hook) => t.settings(hook))),
      numbers: {
        ...this.optimizer.next(this.config.optimizer, state.optimizer, state.rate),
        ...merged<number>(this.each((t, hook) => t.numbers(hook))),
      },
      keys: merged<readonly [number, number]>(this.each((t, hook) => t.keys(hook))),
    }
    const options = { seed: hash(state.seed, Stream.dropout, state.rollbacks), trainStep: state.step }
    const { outputs, sums, finite } = await this.arrays.step(blocks, options, told)
    const total = (name: string) => outputs.reduce((sum, o) => sum + o[name].reduce((a, b) => a + b, 0), 0)
    const [error, cost] = [total("error"), total("cost")]
    if (!Number.isFinite(error + cost)) return `the loss was not finite (error ${error}, cost ${cost})`
    if (!finite) return "the gradient or a weight was not finite"
    let at = 0
    const scores = groups.map(({ examples, blocks }) =>
      encoding.score(
        examples,
        blocks.map(() => outputs[at++].logits),
      ),
    )
    const all = scores.reduce(addScores, noScore)
    const exact = all.answersRight / all.answers
    const report = merged<number>(this.each((t, hook) => t.report(hook, sums)))
    const event = {
      type: "step" as const,
      step: state.step + 1,
      seed: state.seed,
      phase: state.phase.index,
      size: this.sizeShown(groups),
      error,
      cost,
      symbol: all.symbolsRight / all.symbols,
      exact,
      ...bitsOf(encoding.signature, all),
      learningRate: state.rate,
      ...{ gradientNorm: 0, dropout: 0, noise: 0, distance: 0, ...report },
    }
    state.step++
    return { event, done: { error, cost, exact, groups, scores } }
  }

  sizeShown(groups: readonly Group[]): number {
    const { curriculum, sizes } = this.config
    if (curriculum.form === "groups") return groups[groups.length - 1].size
    return sizeOfStage(curriculum, sizes, this.state.curriculum.stage)
  }

  rollback(reason: string): TrainEvent {
    const { step, rate } = this.state
    const rollbacks = this.state.rollbacks + 1
    if (rollbacks > MAX_ROLLBACKS)
      throw new TrainingFailed(
        `at step ${step + 1} ${reason}, after ${rollbacks - 1} rollbacks; lower the learning rate (now ${rate}) or use another seed`,
      )
    this.restore(this.good as Snapshot)
    this.state.rollbacks = rollbacks
    return { type: "rollback", step, to: this.state.step, reason }
  }
}

const scheduleOf = (name: keyof typeof schedules): Schedule => schedules[name]
