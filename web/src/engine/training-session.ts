// One run in a worker: trains, reports every step, and evaluates generalization by size from time to time.
// The saved steps contain all its state.

import type { Backend } from "../../../src/backends/backend.ts"
import { random, Stream } from "../../../src/core/rng.ts"
import { freshExamples, sharesOf, type Wave } from "../../../src/inference/evaluate.ts"
import type { Predictor } from "../../../src/inference/predictor.ts"
import { weightsOf } from "../../../src/runs/file-formats.ts"
import { longestSize, type TrainConfig } from "../../../src/training/config.ts"
import type { StepEvent, TrainEvent } from "../../../src/training/events.ts"
import { train } from "../../../src/training/trainer.ts"
import { copiesAt, copiesIn } from "../copies.ts"
import { randomQuestion } from "../questions.ts"
import type { SavedStep, StepRow, TrainReply, TrainRequest } from "./messages.ts"

const TELL_EVERY_MS = 100
/** Steps between saved steps. */
const SAVE_EVERY = 25
/** Shortest time between evaluations by size; they also take at most about a fifth of the total time. */
const MEASURE_EVERY_MS = 4000
const MEASURE_SHARE = 0.2
const SAMPLES = 16
/** If an evaluation takes longer than this, stopping skips the final one. */
const SLOW_MS = 3000
/** Shortest time between updates of the displayed copies. */
const SHOW_EVERY_MS = 250
/** The question of the film is as many times as long as the longest trained one, but not longer than that. */
const [FILM_FACTOR, FILM_MOST] = [2, 20]

/** Sizes to evaluate: the trained ones, and sizes up to ten times as long. */
export function sizesShown(longest: number): number[] {
  const factors = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10]
  return [...new Set(factors.map((f) => Math.max(1, Math.round(f * longest))))]
}

const heard = () => new Promise((resolve) => setTimeout(resolve))

export class TrainingSession {
  readonly #backend: Backend
  readonly #config: TrainConfig
  readonly #from: SavedStep | undefined
  readonly #send: (reply: TrainReply) => void
  readonly #began = performance.now()
  #predictor: Predictor | undefined
  /**
   * Reads the state after the newest step, even during an evaluation. It is read on demand, because it may be
   * on a device.
   */
  #newest: (() => Promise<SavedStep>) | undefined
  #rows: StepRow[] = []
  #told = this.#began
  #measured = this.#began - MEASURE_EVERY_MS
  #measureEveryMs = MEASURE_EVERY_MS
  #tookMs = 0
  #shown = Number.NEGATIVE_INFINITY
  #filmed = Number.NEGATIVE_INFINITY
  #question: Uint8Array | undefined
  #apart = false
  /** What it does instead of training; undefined while it trains. */
  #doing: string | undefined
  /** It was ended early and sends no more messages. */
  #isOver = false
  #stopping: "no" | "quickly" | "with a last measurement" = "no"
  #reason: "generalizes" | "steps" | "stopped" = "stopped"

  constructor(
    backend: Backend,
    { config, from }: Pick<TrainRequest & { k: "start" }, "config" | "from">,
    send: (reply: TrainReply) => void,
  ) {
    this.#backend = backend
    this.#config = config
    this.#from = from
    this.#send = send
    this.#newest = from && (async () => from)
  }

  /** Trains until the run is done or stopped. */
  async run(): Promise<void> {
    for await (const event of train(this.#config, this.#backend, this.#from)) {
      if (event.type === "step") await this.#step(event)
      else if (event.type === "checking") await this.#check(event)
      else await this.#tell(event)
      if (this.#isOver) return
      if (event.type === "done") this.#newest = event.snapshot
      // Read before the trainer ends, because disposing a device frees its weights.
      if (event.type === "done" || (event.type === "step" && this.#stopping !== "no")) {
        await this.#finish()
        break
      }
    }
    if (!this.#isOver) this.#ended()
  }

  /** Ends after the current step, or in the middle of an evaluation. */
  async stop(quickly: boolean): Promise<void> {
    this.#stopping = quickly ? "quickly" : "with a last measurement"
    if (this.#doing === undefined || this.#isOver) return
    // The page terminates this worker on the final message, which also cancels pending work of the device.
    this.#isOver = true
    this.#flush()
    await this.save()
    if (this.#hasCopies) await this.#showCopies()
    this.#ended()
  }

  /** Sends the newest state as a saved step. */
  async save(): Promise<void> {
    if (this.#newest) this.#send({ k: "saved", saved: await this.#newest() })
  }

  get #hasCopies(): boolean {
    return copiesIn(this.#config.model) > 1
  }

  get #seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  #ended(): void {
    this.#send({ k: "ended", reason: this.#reason, seconds: this.#seconds })
  }

  async #step({ snapshot, ...row }: StepEvent): Promise<void> {
    const { step, distance } = row
    await this.#say(undefined) // lets stop and save messages arrive
    this.#newest = snapshot
    this.#rows.push(row)
    if (this.#apart && distance === 0) this.#send({ k: "told", step: step - 1, text: "the copies became one" })
    this.#apart = distance > 0
    if (this.#hasCopies && performance.now() - this.#shown > SHOW_EVERY_MS) await this.#showCopies()
    if (performance.now() - this.#filmed > SHOW_EVERY_MS) await this.#showFilm()
    if (step % SAVE_EVERY === 0) await this.save()
    if (performance.now() - this.#told > TELL_EVERY_MS) this.#flush()
    if (performance.now() - this.#measured > this.#measureEveryMs) await this.#measure()
    await heard()
  }

  async #tell(event: TrainEvent): Promise<void> {
    const tell = (text: string) => this.#send({ k: "told", step: event.step, text })
    switch (event.type) {
      case "start":
        this.#predictor = event.predictor()
        this.#send({
          k: "started",
          step: event.step,
          parameters: event.parameters,
          device: this.#backend.description,
        })
        await this.#say("the device gets ready for the first step")
        break
      case "done":
        this.#reason = event.reason
        break
      case "learned":
        tell("the trained sizes are learned")
        break
      case "phase":
        tell(`phase ${event.phase + 1} of ${event.phases} begins`)
        break
      case "restart":
      case "recovery":
      case "rollback":
        tell(event.reason)
        break
      case "goal":
        if (event.streak > 0) tell(`all right at the goal's size, ${event.streak} of ${event.times} times in a row`)
    }
  }

  /**
   * Continues an evaluation. The state is read before the evaluation begins; later, the device would answer
   * only after its wave.
   */
  async #check(wave: Wave): Promise<void> {
    if (this.#doing === undefined) await this.#read()
    await this.#say(checkingText(wave))
  }

  async #read(): Promise<SavedStep | undefined> {
    const newest = await this.#newest?.()
    this.#newest = newest && (async () => newest)
    return newest
  }

  /** Reports what it does instead of training, and lets messages arrive. `undefined` means training. */
  async #say(text: string | undefined): Promise<void> {
    if (text !== this.#doing && !this.#isOver) this.#send({ k: "checking", text })
    this.#doing = text
    if (text !== undefined) await heard()
  }

  #flush(): void {
    if (this.#rows.length > 0) this.#send({ k: "steps", rows: this.#rows, seconds: this.#seconds })
    this.#rows = []
    this.#told = performance.now()
  }

  async #showCopies(): Promise<void> {
    const copies = this.#newest && copiesAt(await this.#newest(), this.#config.model)
    if (copies) this.#send({ k: "copies", copies })
    this.#shown = performance.now()
  }

  /** Asks one and the same question again. Other families of models have no film of their answer. */
  async #showFilm(): Promise<void> {
    const predictor = this.#predictor
    if (!predictor || !this.#newest || this.#config.model.name !== "neural-gpu") return
    const { step, tensors } = await this.#newest()
    const size = Math.min(FILM_MOST, FILM_FACTOR * longestSize(this.#config))
    this.#question ??= predictor.task.parse(randomQuestion(predictor.task, size, 1))
    predictor.setWeights(weightsOf(tensors as SavedStep["tensors"]))
    const computation = await predictor.trace(this.#question)
    const frames: { symbols: Uint8Array; logits: Float32Array }[] = []
    for await (const { symbols, logits } of computation.frames()) frames.push({ symbols, logits })
    this.#send({ k: "film", film: { step, input: this.#question, frames } })
    this.#filmed = performance.now()
  }

  async #finish(): Promise<void> {
    this.#flush()
    await this.#showFilm()
    await this.save()
    if (this.#hasCopies) await this.#showCopies()
    if (this.#newest && this.#stopping !== "quickly" && this.#tookMs < SLOW_MS) await this.#measure()
    this.#newest = undefined // saved, and freed with the device
  }

  /** Evaluates fresh random examples of every size with the EMA weights, without dropout. */
  async #measure(): Promise<void> {
    const predictor = this.#predictor
    const began = performance.now()
    const newest = await this.#read()
    if (!predictor || !newest) return
    const { step, tensors } = newest
    const longest = longestSize(this.#config)
    predictor.setWeights(weightsOf(tensors as SavedStep["tensors"]))
    const rows: { size: number; exact: number; symbol: number }[] = []
    let lost = 0
    for (const size of sizesShown(longest)) {
      const stream = random(this.#config.seed, Stream.evaluation, step, size)
      const examples = freshExamples(predictor.encoding, size, { samples: SAMPLES, hard: false, stream })
      const score = await predictor.score(examples, { onWave: (wave) => this.#say(checkingText(wave)) })
      if (this.#isOver) return
      const { exact, symbol } = sharesOf(predictor.encoding.signature, score)
      rows.push({ size, exact, symbol })
      // The cost of a size grows with the square of its length. Sizes after two wholly wrong ones are
      // skipped; they would be wrong too.
      lost = exact === 0 ? lost + 1 : 0
      if (lost >= 2 && size > longest) break
    }
    this.#send({ k: "sizes", step, rows })
    await this.#say(undefined)
    this.#measured = performance.now()
    this.#tookMs = this.#measured - began
    this.#measureEveryMs = Math.max(MEASURE_EVERY_MS, this.#tookMs / MEASURE_SHARE)
  }
}

const checkingText = ({ length, done, of }: Wave) =>
  `checking fresh answers of ${length} symbols${done === 0 ? "" : `, ${done} of ${of} done`}`
