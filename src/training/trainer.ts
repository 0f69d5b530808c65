// The training loop: an async generator of events. Everything it knows is in its state, so that a snapshot taken at any step
// event goes on bit for bit. It reads no clock, no file and no global; whoever consumes the events saves, prints and stops.

import type { Backend } from "../backends/backend.ts"
import { initialValues } from "../core/params.ts"
import { hash, random, Stream } from "../core/rng.ts"
import { drawGroups } from "./batches.ts"
import { longestSize, type TrainConfig } from "./config.ts"
import { groupsOfStep, sizeOfStage, stagesOf } from "./curriculum.ts"
import { addScores, bitsOf, type Encoding, encodingOf, noScore, type Part, type Score } from "./encoding.ts"
import { evaluate } from "./evaluate.ts"
import { type EvaluationEvent, type Snapshot, type TrainEvent, TrainingFailed, type TrainState } from "./events.ts"
import { compileModel, type Model } from "./model.ts"
import { createOptimizer, newMemory, type OptimizerMemory } from "./optimizers/index.ts"
import { isBad, rateRules, WELL_LEARNT } from "./rate.ts"
import { clipElements, clipGlobalNorm } from "./techniques/clip.ts"
import { addGradientNoise } from "./techniques/gradient-noise.ts"
import {
  addPull,
  averageCopies,
  foldGradient,
  type Relaxed,
  relaxedTensors,
  spreadGradient,
} from "./techniques/relaxation.ts"
import { remember, replayed } from "./techniques/replay.ts"
import { adaptSaturation } from "./techniques/saturation.ts"

/** Rollbacks after numbers that are not finite, before training gives up. */
const MAX_ROLLBACKS = 3
/** Steps between the states that a rollback returns to. */
const ROLLBACK_EVERY = 50
/** The first check of generalisation, cheap: this many times the longest trained size. */
const PROBE_FACTOR = 2
const PROBE_SAMPLES = 32

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object | null ? Mutable<T[K]> : T[K] }

/** Trains until the goal is met or `config.steps` are done. Pass a snapshot to go on from it. */
export async function* train(config: TrainConfig, backend: Backend, from?: Snapshot): AsyncGenerator<TrainEvent> {
  const encoding = encodingOf(config.task, config.model)
  const model = await compileModel(config.model, encoding.signature, backend, {
    noise: config.noise > 0 || (config.settle?.noise.most ?? 0) > 0,
    dropoutByLength: config.dropoutLength !== null,
    longest: encoding.length(longestSize(config)),
  })
  try {
    const trainer = new Trainer(config, encoding, model, from)
    yield {
      type: "start",
      step: trainer.state.step,
      seed: trainer.state.seed,
      parameters: model.trainable,
      device: backend.name,
    }
    yield* trainer.run()
  } finally {
    await model.dispose()
  }
}

/** What a snapshot of before there was relaxation says about it. */
const beforeCopies: Partial<TrainState> = { progress: { right: 0, of: 0 }, pull: 0, averaged: false }

class Trainer {
  readonly config: TrainConfig
  readonly encoding: Encoding
  readonly model: Model
  readonly optimizer
  /** Curriculum stages: groups or sizes. */
  readonly stages: number
  /** Parameters with copies that are pulled together. */
  readonly relaxed: readonly Relaxed[]
  state: Mutable<TrainState>
  /** All shared tensors: parameters, then settings. */
  shared: Float32Array
  memory: OptimizerMemory
  /** Running average of the weights; follows them until the trained sizes are learnt. */
  average: Float32Array
  good: Snapshot

  constructor(config: TrainConfig, encoding: Encoding, model: Model, from: Snapshot | undefined) {
    this.config = config
    this.encoding = encoding
    this.model = model
    this.optimizer = createOptimizer(config.optimizer)
    this.stages = stagesOf(config.curriculum, config.batch.groups)
    this.relaxed = relaxedTensors(model.train.plan.shared, "copies" in config.model ? config.model.copies : 1)
    this.shared = new Float32Array(0)
    this.memory = newMemory(this.optimizer, 0)
    this.average = this.shared
    this.state = this.begin(config.seed, 0)
    if (from) this.restore(from)
    this.good = this.snapshot()
  }

  /** A fresh attempt. */
  begin(seed: number, step: number): Mutable<TrainState> {
    this.shared = initialValues(this.model.train.plan.shared, seed)
    this.memory = newMemory(this.optimizer, this.model.trainable)
    this.average = this.shared.slice(0, this.model.trainable)
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
      optimizer: this.memory.scalars,
      window: { error: 0, cost: 0, count: 0, before: [] },
      fit: { streak: 0, since: null },
      goal: { streak: 0, symbol: 0 },
      wrong: 1,
      replay: {},
    }
  }

  snapshot(): Snapshot {
    const { plan } = this.model.train
    const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>()
    for (const { name, shape, size, offset, trainable } of plan.shared)
      if (trainable) {
        tensors.set(name, { shape, data: this.shared.slice(offset, offset + size) })
        tensors.set(`average/${name}`, { shape, data: this.average.slice(offset, offset + size) })
        for (const slot of this.optimizer.slots)
          tensors.set(`${this.optimizer.name}/${slot}/${name}`, {
            shape,
            data: this.memory.slots[slot].slice(offset, offset + size),
          })
      }
    return {
      step: this.state.step,
      tensors,
      state: structuredClone({ ...this.state, optimizer: this.memory.scalars }) as TrainState,
    }
  }

  restore({ tensors, state }: Snapshot): void {
    // this.state first: a checkpoint's bytes depend on the order of the fields
    this.state = structuredClone({ ...this.state, ...beforeCopies, ...state }) as Mutable<TrainState>
    this.shared = initialValues(this.model.train.plan.shared, state.seed)
    this.memory = newMemory(this.optimizer, this.model.trainable)
    this.average = new Float32Array(this.model.trainable)
    Object.assign(this.memory.scalars, state.optimizer)
    const read = (name: string, into: Float32Array) => {
      const tensor = tensors.get(name)
      if (tensor?.data.length !== into.length)
        throw new Error(`the checkpoint does not hold ${name} as this model has it`)
      into.set(tensor.data)
    }
    for (const { name, size, offset, trainable } of this.model.train.plan.shared)
      if (trainable) {
        read(name, this.shared.subarray(offset, offset + size))
        read(`average/${name}`, this.average.subarray(offset, offset + size))
        for (const slot of this.optimizer.slots)
          read(`${this.optimizer.name}/${slot}/${name}`, this.memory.slots[slot].subarray(offset, offset + size))
      }
  }

  async *run(): AsyncGenerator<TrainEvent> {
    const { config } = this
    for (;;) {
      if (this.met()) return yield this.done("generalises")
      if (config.steps !== null && this.state.step >= config.steps) return yield this.done("steps")
      const step = await this.step()
      if (typeof step === "string") {
        yield this.rollback(step)
        continue
      }
      const events: TrainEvent[] = []
      this.advance(step.last, step.size)
      if (this.fitDue()) events.push(...(await this.checkFit()))
      if (this.goalDue()) events.push(...(await this.checkGoal()))
      const reason = this.hopeless()
      if (this.state.step % ROLLBACK_EVERY === 0) this.good = this.snapshot()
      yield* events
      const restart = reason !== undefined && !this.met()
      if (restart) this.state = this.begin(this.state.seed + 1, this.state.step)
      if (restart) this.good = this.snapshot()
      yield { ...step.event, snapshot: () => this.snapshot() }
      if (restart) yield { type: "restart", step: this.state.step, seed: this.state.seed, reason }
    }
  }

  met = () => this.state.goal.streak >= this.config.goal.times

  done(reason: "generalises" | "steps"): TrainEvent {
    return { type: "done", step: this.state.step, reason, snapshot: () => this.snapshot() }
  }

  /** What holds now: until the trained sizes are learnt, and while it settles. */
  phase() {
    const { config, state } = this
    if (state.fit.since !== null && config.settle) return { ...config.settle, noise: state.noise }
    return {
      keep: config.keep,
      noise: config.noise,
      structured: config.batch.structured,
      limit: config.saturation.limit,
    }
  }

  /** One update; a text says why it was not applied. */
  async step() {
    const { config, state, encoding, model } = this
    const attemptStep = state.step - state.begin
    const { keep, noise, structured, limit } = this.phase()
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
        again: (size, from) => replayed(state.replay, config.replay, size, from),
      },
      state.step,
      state.seed,
      state.rollbacks,
    )
    const blocks = groups.flatMap((g) => g.blocks)
    model.set(this.shared, {
      keep,
      noise,
      "saturation weight": state.saturationWeight,
      "saturation limit": limit,
      ...(config.dropoutLength === null ? {} : { "dropout length": config.dropoutLength }),
    })
    const { outputs, gradient } = await model.train.run(this.shared, blocks, {
      seed: hash(state.seed, Stream.dropout, state.rollbacks),
      trainStep: state.step,
    })
    const total = (name: string) => outputs.reduce((sum, o) => sum + o[name].reduce((a, b) => a + b, 0), 0)
    const error = total("error")
    const cost = total("cost")
    let at = 0
    const scores = groups.map(({ examples, blocks }) => {
      const logits = blocks.map(() => outputs[at++].logits)
      return encoding.score(examples, logits)
    })
    const all = scores.reduce(addScores, noScore)
    const parameters = this.shared.subarray(0, model.trainable)
    // the cost of relaxation is a part of the loss: its gradient is clipped with the rest
    const distance = state.averaged ? 0 : addPull(gradient, parameters, this.relaxed, state.pull)
    if (state.averaged) foldGradient(gradient, this.relaxed)
    if (config.clipElements !== null) clipElements(gradient, config.clipElements)
    const gradientNorm = clipGlobalNorm(gradient, config.clip ?? Number.POSITIVE_INFINITY)
    if (!Number.isFinite(error + cost + gradientNorm))
      return `the loss or its gradient was not finite (error ${error}, cost ${cost})`
    addGradientNoise(gradient, config.gradientNoise, attemptStep + 1, state.wrong, state.seed, state.rollbacks)
    if (state.averaged) spreadGradient(gradient, this.relaxed)
    this.optimizer.step(parameters, gradient, state.rate, this.memory)
    for (let i = 0; i < model.trainable; i++) if (!Number.isFinite(this.shared[i])) return "a weight became not finite"
    const exact = all.answersRight / all.answers
    const decay = state.fit.since === null ? 0 : config.average
    for (let i = 0; i < this.average.length; i++)
      this.average[i] = decay * this.average[i] + (1 - decay) * this.shared[i]
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
      gradientNorm,
      distance,
    }
    return { event, last: scores[scores.length - 1], size: groups[groups.length - 1].size }
  }

  /** Curriculum, learning rate, saturation weight. */
  advance(last: Score, size: number): void {
    const { config, state } = this
    const complete = state.joined === this.stages
    const right = this.stageRight(last, size)
    const learnt = right !== undefined && right >= config.curriculum.threshold
    const rule = rateRules[config.rate.rule]
    if (learnt && !state.averaged) this.relax()
    const most = WELL_LEARNT * (1 - config.curriculum.threshold)
    if (learnt && state.averaged && rule.throughout && 1 - right < most) this.lowerRate()
    if (!complete) {
      if (learnt) state.joined++
      if (learnt && rule.throughout && state.joined < this.stages) state.window.before = []
    } else if (state.fit.since !== null && config.settle) {
      const { noise, floor, decay } = config.settle
      // as much noise as the model bears: more while batches stay right, less when they do not
      const exact = 1 - state.wrong
      state.noise = Math.min(
        noise.most,
        Math.max(noise.start, state.noise + (exact >= noise.exact ? noise.step : -noise.step)),
      )
      state.rate = Math.max(config.rate.start * floor, state.rate * decay)
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
    if (this.relaxed.length === 0) return
    const { relaxation } = this.config
    const { state } = this
    state.pull *= relaxation.factor
    if (state.pull <= relaxation.most) return
    state.averaged = true
    for (const values of [this.shared, this.average, ...Object.values(this.memory.slots)])
      averageCopies(values, this.relaxed)
  }

  fitDue(): boolean {
    const { state, config } = this
    const relaxing = this.relaxed.length > 0 && !state.averaged && state.pull > 0
    return state.fit.since === null && state.joined === this.stages && !relaxing && state.step % config.fit.every === 0
  }

  goalDue(): boolean {
    const { since } = this.state.fit
    return since !== null && (this.state.step - since) % this.config.goal.every === 0
  }

  /** Fresh examples of one size, of each task if there are several: the events, and the least of what they say. */
  async check(size: number, samples: number, structured: boolean) {
    const checks = []
    for (const [i, part] of (this.encoding.parts ?? [this.encoding]).entries())
      checks.push(await this.checkPart(part, i, size, samples, structured))
    return {
      events: checks.map(({ event }) => event),
      right: checks.every(({ right }) => right),
      exact: Math.min(...checks.map(({ event }) => event.exact)),
      symbol: Math.min(...checks.map(({ event }) => event.symbol)),
    }
  }

  /** Fresh examples of one size and task, until one is wrong; tells the event and whether all were right. */
  async checkPart(part: Part, index: number, size: number, samples: number, structured: boolean) {
    const { state, encoding, config } = this
    const words = [state.seed, Stream.evaluation, state.step, size, Number(structured), ...(index > 0 ? [index] : [])]
    const stream = random(...words)
    const examples = structured
      ? part.structured(size, stream)
      : Array.from({ length: samples }, () => part.random(size, stream))
    const byBits = config.goal.bits !== null
    const all = await evaluate(this.model.eval, this.model.evalShared(this.average), encoding, examples, {
      untilWrong: !byBits,
      wave: 2,
    })
    const [exact, symbol] = [all.answersRight / all.answers, all.symbolsRight / all.symbols]
    const event: EvaluationEvent = {
      type: "evaluation",
      step: state.step,
      ...(encoding.parts && part.name !== undefined ? { task: part.name } : {}),
      size,
      samples: all.answers,
      structured,
      exact,
      symbol,
      ...bitsOf(encoding.signature, all),
    }
    const right = config.goal.bits === null ? exact === 1 : all.bits / all.answers < config.goal.bits
    return { event, right }
  }

  /** Whether the longest trained size is learnt. */
  async checkFit(): Promise<TrainEvent[]> {
    const { config, state } = this
    const { fit } = config
    const { events, exact } = await this.check(longestSize(config), fit.samples, false)
    state.fit.streak = exact >= fit.exact ? state.fit.streak + 1 : 0
    if (state.fit.streak < fit.times) return events
    state.fit.since = state.step
    return [...events, { type: "fit", step: state.step }]
  }

  /** First at twice the trained sizes, and if all is right there at the goal's size, random and structured; the last time also further out. */
  async checkGoal(): Promise<TrainEvent[]> {
    const { config, state } = this
    const { goal } = config
    const probe = Math.min(goal.size, PROBE_FACTOR * longestSize(config))
    const events: TrainEvent[] = []
    const right = async (size: number, samples: number, structured: boolean) => {
      if (structured && this.encoding.structured(size, random(state.seed)).length === 0) return true
      const result = await this.check(size, samples, structured)
      events.push(...result.events)
      if (size <= goal.size) state.goal.symbol = result.symbol
      return result.right
    }
    const met =
      (await right(probe, PROBE_SAMPLES, false)) &&
      (await right(goal.size, goal.samples, false)) &&
      (await right(goal.size, goal.samples, true)) &&
      (goal.confirm === null ||
        state.goal.streak + 1 < goal.times ||
        (await right(goal.confirm.size, goal.confirm.samples, false)))
    state.goal.streak = met ? state.goal.streak + 1 : 0
    events.push({ type: "goal", step: state.step, streak: state.goal.streak, times: goal.times })
    return events
  }

  /** Why this attempt will not come to anything, if it will not. */
  hopeless(): string | undefined {
    const { restart } = this.config
    if (!restart.enabled) return undefined
    const { state } = this
    const attemptStep = state.step - state.begin
    if (attemptStep >= restart.joinedBy && state.joined < this.stages)
      return `only ${state.joined} of ${this.stages} groups of sizes were learnt in ${attemptStep} steps`
    if (
      state.fit.since !== null &&
      state.step - state.fit.since === restart.provedAfter &&
      state.goal.symbol < restart.accuracy
    )
      return `trained sizes are right, longer ones only ${(100 * state.goal.symbol).toFixed(0)} % of symbols: a trick`
    if (attemptStep >= restart.goalBy) return `the goal was not met in ${attemptStep} steps`
    return undefined
  }

  rollback(reason: string): TrainEvent {
    const { step } = this.state
    const rollbacks = this.state.rollbacks + 1
    if (rollbacks > MAX_ROLLBACKS)
      throw new TrainingFailed(
        `at step ${step + 1} ${reason}, for the ${rollbacks}th time; lower the learning rate (now ${this.state.rate}) or try another seed`,
      )
    this.restore(this.good)
    this.state.rollbacks = rollbacks
    return { type: "rollback", step, to: this.state.step, reason }
  }
}
