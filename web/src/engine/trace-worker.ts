// The worker behind a film: runs a model step by step on a question and sends the frames. A newer request
// cancels an older one.

import { wasm } from "../../../src/backends/wasm/index.ts"
import { decode } from "../../../src/encoding/symbols.ts"
import { createPredictor, type Predictor } from "../../../src/inference/predictor.ts"
import type { Frame, TracedTensor } from "../../../src/inference/trace.ts"
import type { Detail, DetailsRequest, FilmRequest, TraceReply, TraceRequest } from "./messages.ts"

/** Compiled models, newest last. A single example needs no threads. */
const predictors = new Map<string, Predictor>()
const MOST_PREDICTORS = 8
/** A page cannot query the available memory. */
const UNKNOWN_MEMORY = Number.POSITIVE_INFINITY
/** Longest time between two messages, so that the picture grows during the computation. */
const SEND_EVERY_MS = 30

const latest = new Map<number, number>()
const send = (reply: TraceReply, moved: readonly Transferable[] = []) => postMessage(reply, { transfer: [...moved] })

export function hear(request: TraceRequest): void {
  latest.set(request.film, request.id)
  serve(request, () => latest.get(request.film) !== request.id).catch((error: unknown) =>
    send({ k: "failed", id: request.id, message: error instanceof Error ? error.message : String(error) }),
  )
}

async function serve(request: TraceRequest, isOld: () => boolean): Promise<void> {
  const { id } = request
  const began = performance.now()
  if (request.k === "film") await serveFilm(request, isOld)
  else await serveDetails(request, isOld)
  if (!isOld()) send({ k: "done", id, milliseconds: performance.now() - began })
}

async function serveFilm({ id, model, input, from }: FilmRequest, isOld: () => boolean): Promise<void> {
  const predictor = predictorOf(model)
  const computation = await predictor.trace(input)
  send({ k: "about", id, tensors: distinct(computation.tensors), steps: computation.steps })
  if (!from) {
    // The whole computation at once is faster than its film, so the answer does not wait for it.
    send({ k: "answer", id, symbols: await answerOf(predictor, input) })
    await breath()
    if (isOld()) return
  }
  const computed = new Set(computation.tensors.filter((t) => !t.carried).map(({ name }) => name))
  const first = from && (await computation.change(from.frame, from.changes))
  // Moved, not copied: a long film would otherwise stand in memory twice.
  const inBatches = batches<Frame>((frames) => send({ k: "frames", id, frames }, frames.flatMap(buffersOf)))
  for await (const frame of computation.frames(first)) {
    const tensors = Object.fromEntries(Object.entries(frame.tensors).filter(([name]) => !computed.has(name)))
    if ((await inBatches.add({ ...frame, tensors })) && isOld()) return
  }
  inBatches.send()
}

async function serveDetails({ id, model, input, parts }: DetailsRequest, isOld: () => boolean): Promise<void> {
  const computation = await predictorOf(model).trace(input)
  const inBatches = batches<Detail>((details) => send({ k: "details", id, details }))
  for (const { after, tensors: names } of parts)
    for (const before of after) {
      const frames = computation.frames(before)
      await frames.next() // the given one
      const { value: frame } = await frames.next()
      if (!frame) continue
      const tensors = Object.fromEntries(names.map((name) => [name, frame.tensors[name]]))
      if ((await inBatches.add({ step: frame.step, tensors })) && isOld()) return
    }
  inBatches.send()
}

const buffersOf = ({ tensors, symbols, logits }: Frame) =>
  [...Object.values(tensors), symbols, logits].map(({ buffer }) => buffer as ArrayBuffer)

const breath = () => new Promise((resolve) => setTimeout(resolve)) // lets newer requests arrive

/**
 * Collects items, and sends them when it is time; `add` returns whether it did. The newest item stays until the
 * next one, which may be computed from it.
 */
function batches<T>(send: (items: readonly T[]) => void) {
  let waiting: T[] = []
  let sent = performance.now()
  return {
    send: () => send(waiting),
    async add(item: T): Promise<boolean> {
      const isTime = waiting.length > 0 && performance.now() - sent >= SEND_EVERY_MS
      if (isTime) {
        send(waiting)
        waiting = []
        sent = performance.now()
      }
      waiting.push(item)
      if (isTime) await breath()
      return isTime
    },
  }
}

async function answerOf(predictor: Predictor, input: Uint8Array): Promise<Uint8Array> {
  const { task } = predictor
  const [logits] = await predictor.logits(Math.max(1, task.sizeOf(input.length)), [{ input, target: input }])
  return decode(logits, 0, input.length, task.symbols.length)
}

/** Drops duplicates: with a single layer, its output equals the memory after the step. */
function distinct(tensors: readonly TracedTensor[]): readonly TracedTensor[] {
  const outputs = tensors.filter(({ role }) => role === "layer output")
  return outputs.length === 1 ? tensors.filter((tensor) => tensor !== outputs[0]) : tensors
}

function predictorOf({ key, config, weights }: TraceRequest["model"]): Predictor {
  const known = predictors.get(key) ?? createPredictor([{ path: key, config, weights }], wasm(1), UNKNOWN_MEMORY)
  predictors.delete(key)
  predictors.set(key, known)
  for (const [old, predictor] of predictors) {
    if (predictors.size <= MOST_PREDICTORS) break
    predictors.delete(old)
    void predictor.dispose()
  }
  return known
}
