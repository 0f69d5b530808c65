// The worker behind a run: trains, tells every step, measures generalisation by size now and then, and keeps nothing to itself: whatever it
// needs to go on is in the steps it saves.

import type { Program } from "../../../src/backends/backend.ts"
import { LANES } from "../../../src/core/lanes.ts"
import { random, Stream } from "../../../src/core/rng.ts"
import { longestSize, type TrainConfig } from "../../../src/training/config.ts"
import { type Encoding, encodingOf } from "../../../src/training/encoding.ts"
import { evaluate } from "../../../src/training/evaluate.ts"
import type { Snapshot } from "../../../src/training/events.ts"
import { planEvaluation, sharedOf } from "../../../src/training/model.ts"
import { train } from "../../../src/training/trainer.ts"
import { copiesAt, copiesIn } from "../copies.ts"
import { createDevice } from "./create-device.ts"
import type { SavedStep, StepRow, TrainReply, TrainRequest } from "./messages.ts"
import { watched } from "./watched.ts"

const TELL_EVERY_MS = 100
/** Steps between saved ones. */
const SAVE_EVERY = 25
/** Sizes are measured when this much time has gone by, and never take more than about a fifth of it. */
const MEASURE_EVERY_MS = 4000
const MEASURE_SHARE = 0.2
const SAMPLES = 16
/** A device that is slower than this at measuring does not measure once more when it is stopped. */
const SLOW_MS = 3000
/** Copies of parameters are shown at most so often. */
const SHOW_EVERY_MS = 250

const send = (reply: TrainReply) => postMessage(reply)
let stop = false
let quick = false
let save: (() => Promise<void>) | undefined
/** Ends in the middle of a check; undefined while there is none. */
let leave: (() => Promise<void>) | undefined
const failed = (error: unknown) =>
  send({ k: "failed", message: error instanceof Error ? error.message : String(error) })

export function serveTraining(): void {
  addEventListener("message", ({ data }: MessageEvent<TrainRequest>) => {
    if (data.k === "stop") {
      stop = true
      quick = data.quick
      leave?.().catch(failed)
    } else if (data.k === "save") save?.().catch(failed)
    else run(data).catch(failed)
  })
}

/** Sizes shown: the trained ones, and up to ten times as long. */
export function sizesShown(longest: number): number[] {
  const factors = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10]
  return [...new Set(factors.map((f) => Math.max(1, Math.round(f * longest))))]
}

async function run({ config, deviceName, from }: TrainRequest & { k: "start" }): Promise<void> {
  let checking: string | undefined
  let isFirst = true
  const say = (text: string | undefined) => {
    if (text !== checking) send({ k: "checking", text })
    checking = text
    leave = text === undefined ? undefined : abandon
  }
  const backend = watched(await createDevice(deviceName), (what) => {
    if (what) say(`checking fresh answers of ${what.symbols} symbols, ${LANES * what.blocks} at once`)
    else say(isFirst ? "the device gets ready for the first step" : undefined)
  })
  const encoding = encodingOf(config.task, config.model)
  const measuring = await backend.compile(planEvaluation(config.model, encoding.signature))
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  let rows: StepRow[] = []
  let told = began
  let measured = began - MEASURE_EVERY_MS
  let pause = MEASURE_EVERY_MS
  let took = 0
  let reason: "generalises" | "steps" | "stopped" = "stopped"
  /** The state after the newest step, also in the middle of a check. It is read when it is wanted: it may lie on a device. */
  let newest: (() => Promise<SavedStep>) | undefined = from && (async () => from)
  /** Reads it for good: when the trainer ends, so do the device's own copies. */
  const hold = async () => {
    const state = await newest?.()
    newest = state && (async () => state)
  }
  const tell = () => {
    if (rows.length > 0) send({ k: "steps", rows, seconds: elapsed() })
    rows = []
    told = performance.now()
  }
  const hasCopies = copiesIn(config.model) > 1
  let shown = Number.NEGATIVE_INFINITY
  const show = async () => {
    const copies = newest && copiesAt(await newest(), config.model)
    if (copies) send({ k: "copies", copies })
    shown = performance.now()
  }
  let apart = false
  const saveNewest = async () => {
    if (newest) send({ k: "saved", saved: await newest() })
  }
  save = saveNewest
  /** The page ends this worker when it hears that: what a device is still computing goes with it. */
  const abandon = async () => {
    leave = undefined
    tell()
    await saveNewest()
    if (hasCopies) await show()
    send({ k: "ended", reason, seconds: elapsed() })
  }
  for await (const event of train(config, backend, from)) {
    if (event.type === "start") {
      send({ k: "started", step: event.step, parameters: event.parameters, device: backend.description })
    } else if (event.type === "step") {
      if (isFirst) say(undefined)
      isFirst = false
      newest = event.snapshot
      const { step, error, symbol, exact, size, rate, keep, distance } = event
      rows.push({ step, error, symbol, exact, size, rate, keep, distance })
      if (apart && distance === 0) send({ k: "told", text: `step ${step - 1}: the copies became one` })
      apart = distance > 0
      if (hasCopies && performance.now() - shown > SHOW_EVERY_MS) await show()
      if (step % SAVE_EVERY === 0) await saveNewest()
      if (performance.now() - told > TELL_EVERY_MS) tell()
      if (performance.now() - measured > pause) {
        const start = performance.now()
        await measure(measuring, encoding, config, await newest())
        measured = performance.now()
        took = measured - start
        pause = Math.max(MEASURE_EVERY_MS, took / MEASURE_SHARE)
      }
      await new Promise((resolve) => setTimeout(resolve)) // hears of stop and save
      if (stop) {
        await hold()
        break
      }
    } else if (event.type === "done") {
      newest = event.snapshot
      await hold()
      if (event.reason === "generalises") reason = "generalises"
      else reason = "steps"
    } else if (event.type === "fit")
      send({
        k: "told",
        text: `step ${event.step}: the trained sizes are learnt${config.settle ? "; now it settles" : ""}`,
      })
    else if (event.type === "restart" || event.type === "recovery" || event.type === "rollback")
      send({ k: "told", text: `step ${event.step}: ${event.reason}` })
    else if (event.type === "goal" && event.streak > 0)
      send({
        k: "told",
        text: `step ${event.step}: all right at the goal's size, ${event.streak} of ${event.times} times in a row`,
      })
  }
  tell()
  await saveNewest()
  if (hasCopies) await show()
  if (newest && !quick && took < SLOW_MS) await measure(measuring, encoding, config, await newest())
  send({ k: "ended", reason, seconds: elapsed() })
  await measuring.dispose()
}

/** Fresh random examples of every size, the averaged weights, no dropout. */
async function measure(
  program: Program,
  encoding: Encoding,
  config: TrainConfig,
  { step, tensors }: Snapshot,
): Promise<void> {
  const weights = new Map([...tensors].map(([name, tensor]) => [name, tensors.get(`average/${name}`) ?? tensor]))
  const shared = sharedOf(program.plan, weights, "the run")
  const rows: { size: number; exact: number; symbol: number }[] = []
  let lost = 0
  for (const size of sizesShown(longestSize(config))) {
    const stream = random(config.seed, Stream.evaluation, step, size)
    const examples = Array.from({ length: SAMPLES }, () => encoding.random(size, stream))
    const score = await evaluate(program, shared, encoding, examples)
    const exact = score.answersRight / score.answers
    rows.push({ size, exact, symbol: score.symbolsRight / score.symbols })
    // longer ones cost with the square of their length, and are not right where two shorter ones are wholly wrong
    lost = exact === 0 ? lost + 1 : 0
    if (lost >= 2 && size > longestSize(config)) break
  }
  send({ k: "sizes", step, rows })
}
