// The worker behind a film: runs a model step by step on a question and sends the frames. A newer request
// cancels an older one.

import { wasm } from "../../../src/backends/wasm/index.ts"
import { createPredictor, type Predictor } from "../../../src/inference/predictor.ts"
import type { Frame, TracedTensor } from "../../../src/inference/trace.ts"
import type { TraceReply, TraceRequest } from "./messages.ts"

/** Compiled models, newest last. A single example needs no threads. */
const predictors = new Map<string, Predictor>()
const MOST_PREDICTORS = 8
/** A page cannot query the available memory. */
const UNKNOWN_MEMORY = Number.POSITIVE_INFINITY
/** Longest time between two messages, so that the picture grows during the computation. */
const SEND_EVERY_MS = 30

const latest = new Map<number, number>()
const send = (reply: TraceReply) => postMessage(reply)

export function serveTraces(): void {
  addEventListener("message", ({ data }: MessageEvent<TraceRequest>) => {
    latest.set(data.film, data.id)
    serve(data, () => latest.get(data.film) !== data.id).catch((error: unknown) =>
      send({ k: "failed", id: data.id, message: error instanceof Error ? error.message : String(error) }),
    )
  })
}

async function serve(request: TraceRequest, isOld: () => boolean): Promise<void> {
  const { id, model, input, from } = request
  const began = performance.now()
  const computation = await predictorOf(model).trace(input)
  const { steps } = computation
  send({ k: "about", id, tensors: distinct(computation.tensors), steps })
  let waiting: Frame[] = []
  let sent = performance.now()
  for await (const frame of computation.frames(from && (await computation.change(from.frame, from.changes)))) {
    waiting.push(frame)
    if (frame.step === steps || performance.now() - sent < SEND_EVERY_MS) continue
    send({ k: "frames", id, frames: waiting })
    waiting = []
    await new Promise((resolve) => setTimeout(resolve)) // lets newer requests arrive
    if (isOld()) return
    sent = performance.now()
  }
  send({ k: "frames", id, frames: waiting })
  send({ k: "done", id, milliseconds: performance.now() - began })
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
