// The page's side of the trace worker; one worker serves all films.

import type { Frame } from "../../../src/inference/trace.ts"
import type { Detail, TraceReply, TraceRequest } from "./messages.ts"
import { startWorker } from "./start-worker.ts"

export interface TraceListener {
  about(about: Extract<TraceReply, { k: "about" }>): void
  answer(symbols: Uint8Array): void
  frames(frames: readonly Frame[]): void
  details(details: readonly Detail[]): void
  done(milliseconds: number): void
  failed(message: string): void
}

let worker: Worker | undefined
let ids = 0
const listeners = new Map<number, { film: number; listener: TraceListener }>()

/** Starts the worker early, so that its code loads in parallel with the model. */
export function startTracing(): Worker {
  if (worker) return worker
  worker = startWorker("trace")
  worker.addEventListener("message", ({ data }: MessageEvent<TraceReply>) => {
    const listener = listeners.get(data.id)?.listener
    if (!listener) return // an outdated request of a film
    if (data.k === "about") listener.about(data)
    else if (data.k === "answer") listener.answer(data.symbols)
    else if (data.k === "frames") listener.frames(data.frames)
    else if (data.k === "details") listener.details(data.details)
    else {
      listeners.delete(data.id)
      if (data.k === "done") listener.done(data.milliseconds)
      else listener.failed(data.message)
    }
  })
  worker.addEventListener("error", ({ message }) => {
    for (const { listener } of listeners.values()) listener.failed(message || "the worker could not start")
  })
  return worker
}

/** A request without its number. */
export type Asked = TraceRequest extends infer R ? (R extends unknown ? Omit<R, "id"> : never) : never

export function trace(request: Asked, listener: TraceListener): void {
  const id = ++ids
  for (const [old, { film }] of listeners) if (film === request.film) listeners.delete(old)
  listeners.set(id, { film: request.film, listener })
  startTracing().postMessage({ ...request, id } satisfies TraceRequest)
}
