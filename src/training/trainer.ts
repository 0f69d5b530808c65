// The training loop: an async generator of events. Everything it knows is in its state, so that a snapshot taken at any step
// event goes on bit for bit. It reads no clock, no file and no global; whoever consumes the events saves, prints and stops.

import type { Backend } from "../backends/backend.ts"
import { type Arrays, arraysOf, type Learner, type LearningRule } from "../backends/learner.ts"
import { initialValues } from "../core/params.ts"
import { hash, Stream } from "../core/rng.ts"
import { drawGroups } from "./batches.ts"
import {
  type Attempt,
  checkFit,
  checkGoal,
  fitDue,
  goalDue,
  hopeless,
  type Mutable,
  met,
  searchDue,
  searchHardest,
} from "./checks.ts"
import { longestSize, type TrainConfig } from "./config.ts"
import { groupsOfStep, sizeOfStage, stagesOf } from "./curriculum.ts"
import { addScores, bitsOf, type Encoding, encodingOf, noScore, type Score } from "./encoding.ts"
import { type Snapshot, type TrainEvent, TrainingFailed, type TrainState } from "./events.ts"
import { learnerOf, ruleOf } from "./learner.ts"
import { compileModel, type Model } from "./model.ts"
import { createOptimizer, type Optimizer } from "./optimizers/index.ts"
import { isBad, rateRules, WELL_LEARNT } from "./rate.ts"
import { phaseOf, phasesOf, settlingOf } from "./settle.ts"
import { gradientNoise } from "./techniques/gradient-noise.ts"
import { runningShare } from "./techniques/recovery.ts"
import { remember, replayed } from "./techniques/replay.ts"
import { adaptSaturation } from "./techniques/saturation.ts"

/** Rollbacks after numbers that are not finite, before training gives up. */
const MAX_ROLLBACKS = 3
/** Steps between the states that a rollback returns to. */
const ROLLBACK_EVERY = 50
/** Trains until the goal is met or `config.steps` are done. Pass a snapshot to go on from it. */
export async function* train(config: TrainConfig, backend: Backend, from?: Snapshot): AsyncGenerator<TrainEvent> {
  const encoding = encodingOf(config.task, config.model)
  const phases = phasesOf(config)
  const model = await compileModel(config.model, encoding.signature, backend, {
    noise: config.noise > 0 || phases.some(({ noise }) => noise.most > 0),
    stateNoise: config.stateNoise > 0 || phases.some(({ stateNoise }) => stateNoise > 0),
    dropoutByLength: config.dropoutLength !== null || phases.some(({ dropoutLength }) => dropoutLength !== null),
    longest: encoding.length(longestSize(config)),
  })
  const optimizer = createOptimizer(config.optimizer)
  const rule = ruleOf(optimizer, model.train.plan, config.shrinkage)
  let learner: Learner | undefined
  try {
    learner = await learnerOf(model.train, rule)
    const trainer = new Trainer(config, encoding, model, optimizer, learner, rule, from)
    trainer.good = await trainer.take()()
    yield {
      type: "start",
      step: trainer.state.step,
      seed: trainer.state.seed,
      parameters: model.trainable,
      device: backend.name,
    }
    yield* trainer.run()
  } finally {
    await learner?.dispose()
    await model.dispose()
  }
}

/** What a snapshot of before there was relaxation says about it. */
const beforeCopies: Partial<TrainState> = { progress: { right: 0, of: 0 }, pull: 0, averaged: false }

class Trainer implements Attempt {
  readonly config: TrainConfig
  readonly encoding: Encoding
  readonly model: Model
  readonly optimizer: Optimizer
  /** Has the weights, what the optimiser keeps, and the average of weights; that follows them until the trained sizes are learnt. */
  readonly learner: Learner
  readonly rule: LearningRule
  readonly stages: number
  state: Mutable<TrainState>
  /** What a rollback returns to. */
  good: Snapshot | undefined

  constructor(
    config: TrainConfig,
    encoding: Encoding,
    model: Model,
    optimizer: Optimizer,
    learner: Learner,
    rule: LearningRule,
    from: Snapshot | undefined,
  ) {
    this.config = config
    this.encoding = encoding
    this.model = model
    this.optimizer = optimizer
    this.learner = learner
    this.rule = rule
    this.stages = stagesOf(config.curriculum, config.batch.groups)
    this.state = this.begin(config.seed, 0)
    if (from) this.restore(from)
  }

  /** A fresh attempt. */
  begin(seed: number, step: number): Mutable<TrainState> {
    const { plan } = this.model.train
    const weights = initialValues(plan.shared, seed).subarray(0, plan.trainableSize)
    const slots = this.rule.slots.map((name) => [name, new Float32Array(weights.length)])
    this.learner.write({ weights, average: weights, ...Object.fromEntries(slots) })
    return {
      step,
      seed,
      begin: step,
      rollbacks: 0,
      joined: 1,
      progress: { right: 0, of: 0 },
      pull: this.config.relaxation.pull,
      averaged: false,
      rate: this.config.rate.start,
      saturationWeight: this.config.saturation.weight,
      noise: this.config.settle?.noise.start ?? 0,
      optimizer: { ...this.optimizer.scalars },
      window: { error: 0, cost: 0, count: 0, before: [] },
      fit: { streak: 0, since: null },
      goal: { streak: 0, symbol: 0 },
      wrong: 1,
      replay: {},
      found: {},
      lately: 1,
    }
  }

  get relaxing(): boolean {
    return this.rule.copies.length > 0 && !this.state.averaged && this.state.pull > 0
  }

  /** What an array is called in a snapshot, for each tensor. */
  prefix = (array: string) => ({ weights: "", average: "average/" })[array] ?? `${this.optimizer.name}/${array}/`

  /** The state as it is now, to be read until the one after the next is taken. */
  take(): () => Promise<Snapshot> {
    const kept = this.learner.keep()
    const state = structuredClone(this.state) as TrainState
    return async () => {
      const arrays = await kept.read()
      const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>()
      for (const { name, shape, size, offset, trainable } of this.model.train.plan.shared)
        if (trainable)
          for (const array of ["weights", "average", ...this.rule.slots])
            tensors.set(`${this.prefix(array)}${name}`, { shape, data: arrays[array].slice(offset, offset + size) })
      return { step: state.step, tensors, state: structuredClone(state) }
    }
  }

  restore({ tensors, state }: Snapshot): void {
    // this.state first: a checkpoint's bytes depend on the order of the fields
    this.state = structuredClone({ ...this.state, ...beforeCopies, ...state }) as Mutable<TrainState>
    this.state.optimizer = { ...this.optimizer.scalars, ...state.optimizer }
    const { plan } = this.model.train
    const arrays: Arrays = Object.fromEntries(
      arraysOf(this.rule).map((name) => [name, new Float32Array(plan.trainableSize)]),
    )
    for (const [array, values] of Object.entries(arrays))
      for (const { name, size, offset, trainable } of plan.shared)
        if (trainable) {
          const tensor = tensors.get(`${this.prefix(array)}${name}`)
          if (tensor?.data.length !== size)
            throw new Error(`the checkpoint does not hold ${this.prefix(array)}${name} as this model has it`)
          values.set(tensor.data, offset)
        }
    this.learner.write(arrays)
  }

  async *run(): AsyncGenerator<TrainEvent> {
    const { config } = this
    for (;;) {
      if (met(this)) return yield this.done("generalises")
      if (config.steps !== null && this.state.step >= config.steps) return yield this.done("steps")
      const step = await this.step()
      if (typeof step === "string") {
        yield this.rollback(step)
        continue
      }
      const events: TrainEvent[] = []
      this.advance(step.last, step.size)
      if (this.state.lately < config.recovery.below) events.push(await this.recover())
      if (fitDue(this)) events.push(...(await checkFit(this, await this.learner.read("average"))))
      if (searchDue(this)) await searchHardest(this, await this.learner.read("weights"))
      if (goalDue(this)) events.push(...(await checkGoal(this, await this.learner.read("average"))))
      const reason = hopeless(this)
      yield* events
      const restart = reason !== undefined && !met(this)
      if (restart) this.state = this.begin(this.state.seed + 1, this.state.step)
      const snapshot = this.take()
      if (restart || this.state.step % ROLLBACK_EVERY === 0) this.good = await snapshot()
      yield { ...step.event, snapshot }
      if (restart) yield { type: "restart", step: this.state.step, seed: this.state.seed, reason }
    }
  }

  done(reason: "generalises" | "steps"): TrainEvent {
    return { type: "done", step: this.state.step, reason, snapshot: this.take() }
  }

  /** One update; a text says why it was not applied. */
  async step() {
    const { config, state, encoding } = this
    const attemptStep = state.step - state.begin
    const { keep, dropoutLength, noise, stateNoise, holdSteps, average, structured, limit } = phaseOf(config, state)
    const groups = drawGroups(
      encoding,
      {
        ...config.batch,
        groups: groupsOfStep(
          config.curriculum,
          config.batch.groups,
          state.joined,
          state.step,
          state.seed,
          state.rollbacks,
        ),
        structured,
        hold: holdSteps,
        again: (size, from) => replayed({ ...state.replay, ...state.found }, config.replay, size, from),
      },
      state.step,
      state.seed,
      state.rollbacks,
    )
    const blocks = groups.flatMap((g) => g.blocks)
    const seeds = [state.seed, state.rollbacks]
    const { outputs, norm, distance, finite } = await this.learner.step(
      blocks,
      { seed: hash(state.seed, Stream.dropout, state.rollbacks), trainStep: state.step },
      {
        settings: {
          keep,
          noise,
          "saturation weight": state.saturationWeight,
          "saturation limit": limit,
          "state noise": stateNoise,
          "dropout length": dropoutLength,
        },
        numbers: this.optimizer.advance(state.rate, state.optimizer),
        decay: state.fit.since === null ? 0 : average,
        averaged: state.averaged,
        pull: state.pull,
        clipElements: config.clipElements ?? Number.POSITIVE_INFINITY,
        clip: config.clip ?? Number.POSITIVE_INFINITY,
        ...gradientNoise(config.gradientNoise, attemptStep + 1, state.wrong, ...seeds),
      },
    )
    const total = (name: string) => outputs.reduce((sum, o) => sum + o[name].reduce((a, b) => a + b, 0), 0)
    const error = total("error")
    const cost = total("cost")
    if (!Number.isFinite(error + cost + norm))
      return `the loss or its gradient was not finite (error ${error}, cost ${cost})`
    if (!finite) return "a weight became not finite"
    let at = 0
    const scores = groups.map(({ examples, blocks }) => {
      const logits = blocks.map(() => outputs[at++].logits)
      return encoding.score(examples, logits)
    })
    const all = scores.reduce(addScores, noScore)
    const exact = all.answersRight / all.answers
    groups.forEach(({ size, examples }, i) => remember(state.replay, config.replay, size, examples, scores[i].right))
    state.step++
    state.wrong = 1 - exact
    state.window.error += error
    state.window.cost += cost
    state.window.count++
    const event = {
      type: "step" as const,
      step: state.step,
      seed: state.seed,
      size:
        config.curriculum.form === "groups"
          ? groups[groups.length - 1].size
          : sizeOfStage(config.curriculum, config.batch.groups, state.joined),
      error,
      cost,
      symbol: all.symbolsRight / all.symbols,
      exact,
      ...bitsOf(encoding.signature, all),
      rate: state.rate,
      keep,
      noise,
      gradientNorm: norm,
      distance,
    }
    return { event, last: scores[scores.length - 1], size: groups[groups.length - 1].size }
  }

  /** Curriculum, learning rate, saturation weight. */
  advance(last: Score, size: number): void {
    const { config, state } = this
    const complete = state.joined === this.stages
    const settling = settlingOf(config, state)
    const right = this.stageRight(last, size)
    const learnt = right !== undefined && right >= config.curriculum.threshold
    const rule = rateRules[config.rate.rule]
    if (learnt && !state.averaged) this.relax()
    const most = WELL_LEARNT * (1 - config.curriculum.threshold)
    if (learnt && state.averaged && rule.throughout && 1 - right < most) this.lowerRate()
    if (!complete) {
      if (learnt) state.joined++
      if (learnt && rule.throughout && state.joined < this.stages) state.window.before = []
    } else if (settling) {
      const { noise, floor, decay } = settling
      // as much noise as the model bears: more while batches stay right, less when they do not
      const exact = 1 - state.wrong
      state.noise = Math.min(
        noise.most,
        Math.max(noise.start, state.noise + (exact >= noise.exact ? noise.step : -noise.step)),
      )
      state.rate = Math.max(config.rate.start * floor, state.rate * decay)
      if (config.recovery.below > 0) state.lately = runningShare(config.recovery, state.lately, exact)
    }
    const attemptStep = state.step - state.begin
    const window = state.window
    if (attemptStep % config.rate.every === 0 && window.count > 0) {
      const mean = window.error / window.count
      const looks = rule.throughout || (complete && state.fit.since === null)
      if (looks && isBad(rule, window.before, mean)) this.lowerRate()
      state.saturationWeight = adaptSaturation(config.saturation, state.rate, mean, window.cost / window.count)
      state.window = { error: 0, cost: 0, count: 0, before: [...window.before, mean].slice(-rule.windows) }
    }
  }

  lowerRate(): void {
    const { start, factor, floor } = this.config.rate
    this.state.rate = Math.max(start * floor, this.state.rate * factor)
  }

  /** The share of the present stage that is right: in the last batch (groups), or of all answers at its size since the last look (sizes), if it is time
   *  to look. */
  stageRight(last: Score, size: number): number | undefined {
    const { curriculum, batch } = this.config
    const { state } = this
    const [right, of] =
      curriculum.measure === "symbol" ? [last.symbolsRight, last.symbols] : [last.answersRight, last.answers]
    if (curriculum.form === "groups") return right / of
    const { progress } = state
    if (size === sizeOfStage(curriculum, batch.groups, state.joined)) {
      progress.right += right
      progress.of += of
    }
    if ((state.step - state.begin) % curriculum.every !== 0 || progress.of === 0) return undefined
    const share = progress.right / progress.of
    state.progress = { right: 0, of: 0 }
    return share
  }

  /** A size is learnt, the last one again and again: copies of parameters are pulled together more strongly, and in the end they are one. */
  relax(): void {
    if (this.rule.copies.length === 0) return
    const { relaxation } = this.config
    const { state } = this
    state.pull *= relaxation.factor
    if (state.pull <= relaxation.most) return
    state.averaged = true
    this.learner.averageCopies()
  }

  /** The average takes the place of the weights; the optimiser keeps how large gradients were, and forgets where they led. */
  async recover(): Promise<TrainEvent> {
    const { state } = this
    const reason = `of its latest answers only ${(100 * state.lately).toFixed(0)} % were right: it is forgetting what it knew`
    const weights = await this.learner.read("average")
    this.learner.write({ weights, [this.optimizer.direction]: new Float32Array(weights.length) })
    state.lately = 1
    return { type: "recovery", step: state.step, reason }
  }

  rollback(reason: string): TrainEvent {
    const { step } = this.state
    const rollbacks = this.state.rollbacks + 1
    if (rollbacks > MAX_ROLLBACKS)
      throw new TrainingFailed(
        `at step ${step + 1} ${reason}, for the ${rollbacks}th time; lower the learning rate (now ${this.state.rate}) or try another seed`,
      )
    this.restore(this.good as Snapshot)
    this.state.rollbacks = rollbacks
    return { type: "rollback", step, to: this.state.step, reason }
  }
}
