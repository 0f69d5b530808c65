// The page's side of a training worker: starts it, receives its messages and ends it.

import type { TrainConfig } from "../../../src/training/config.ts"
import type { SavedStep, TrainReply, TrainRequest } from "./messages.ts"
import { startWorker } from "./start-worker.ts"

export interface Job {
  readonly config: TrainConfig
  readonly deviceName: string
  readonly from: SavedStep | undefined
}

export function createTrainer(hear: (reply: TrainReply) => void) {
  let worker: Worker | undefined
  /** Runs after the worker has stopped. */
  let pending: (() => void) | undefined
  const post = (request: TrainRequest) => worker?.postMessage(request)
  const end = () => {
    worker?.terminate()
    worker = undefined
    const next = pending
    pending = undefined
    next?.()
  }
  const answer = (reply: TrainReply) => {
    hear(reply)
    if (reply.k === "ended" || reply.k === "failed") end()
  }
  return {
    isBusy: () => worker !== undefined,
    start({ from, ...job }: Job) {
      worker = startWorker("train")
      worker.addEventListener("message", ({ data }: MessageEvent<TrainReply>) => answer(data))
      worker.addEventListener("error", ({ message }) =>
        answer({ k: "failed", message: message || "the worker could not start" }),
      )
      post({ k: "start", ...job, ...(from && { from }) })
    },
    /** Stops after a final evaluation. */
    stop: () => post({ k: "stop", quick: false }),
    /** Runs an action as soon as the worker is idle. */
    whenStopped(action: () => void) {
      if (!worker) return action()
      pending = action
      post({ k: "stop", quick: true })
    },
    dispose() {
      pending = undefined
      end()
    },
  }
}
