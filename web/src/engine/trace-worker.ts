// The worker behind the film: runs a question step by step and sends frames as they come. A newer request ends an older one.

import { wasm } from "../../../src/backends/wasm/index.ts"
import { createTracer, type Frame, type Tracer } from "../../../src/training/trace.ts"
import type { TraceReply, TraceRequest } from "./messages.ts"

/** Compiled models, newest last; one example at a time needs no threads. */
const tracers = new Map<string, Promise<Tracer>>()
const MOST_TRACERS = 8
/** Frames are sent at least this often, so that the picture grows while it is computed. */
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
  const { id, model, input } = request
  const began = performance.now()
  const tracer = await tracerOf(model)
  const shown = tracer.tensors.filter((t) => !repeats(t.name, tracer))
  const tensors = shown.map((t) => ({ ...t, shape: tracer.shapeOf(t.name, input.length) }))
  const steps = tracer.stepsOf(input)
  send({ k: "about", id, tensors, steps })
  const { from } = request
  let frame: Frame = from ? await tracer.change(input, from.frame, from.changes) : await tracer.begin(input)
  let waiting: Frame[] = [frame]
  let sent = performance.now()
  while (frame.step < steps) {
    frame = await tracer.next(input, frame)
    waiting.push(frame)
    if (performance.now() - sent < SEND_EVERY_MS) continue
    send({ k: "frames", id, frames: waiting })
    waiting = []
    await new Promise((resolve) => setTimeout(resolve)) // hears of newer requests
    if (isOld()) return
    sent = performance.now()
  }
  send({ k: "frames", id, frames: waiting })
  send({ k: "done", id, milliseconds: performance.now() - began })
}

/** A single layer's state is the state. */
const repeats = (name: string, { tensors }: Tracer) =>
  /^d?cgru0\/state$/u.test(name) && !tensors.some((t) => /^d?cgru1\/state$/u.test(t.name))

function tracerOf({ key, config, weights }: TraceRequest["model"]): Promise<Tracer> {
  const known = tracers.get(key) ?? createTracer(config, weights, wasm(1), key)
  tracers.delete(key)
  tracers.set(key, known)
  known.catch(() => tracers.delete(key))
  for (const [old, tracer] of tracers) {
    if (tracers.size <= MOST_TRACERS) break
    tracers.delete(old)
    void tracer.then((t) => t.dispose())
  }
  return known
}
