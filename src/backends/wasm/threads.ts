// A worker thread with one interface for Node and browsers.

import type { Reply, RunMessage } from "./worker.ts"

export interface Thread {
  post(message: RunMessage, transfer: ArrayBuffer[]): void
  /** Stops the thread at once, even if it is computing. */
  stop(): Promise<void>
  /** A busy thread keeps the process alive. */
  setBusy(busy: boolean): void
}

/** Called with each reply; also with `failed` if the thread fails or exits. */
export type Listener = (reply: Reply) => void

export type StartThread = (listener: Listener) => Thread

export const startThread: StartThread = (listener) => {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads")
  return node ? startInNode(node, listener) : startInBrowser(listener)
}

const fail = (listener: Listener, message: string) => listener({ k: "failed", message })

function startInNode({ Worker }: typeof import("node:worker_threads"), listener: Listener): Thread {
  const isSource = import.meta.url.endsWith(".ts")
  const file = isSource ? "./worker.ts" : "./worker.js"
  const worker = new Worker(new URL(/* webpackIgnore: true */ file, import.meta.url), { execArgv: [] })
  worker.unref()
  worker.on("message", listener)
  worker.on("messageerror", (error) => fail(listener, error.message))
  worker.on("error", (error) => fail(listener, error instanceof Error ? error.message : String(error)))
  worker.on("exit", (code) => fail(listener, `a worker thread ended by itself with code ${code}`))
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: async () => {
      worker.removeAllListeners()
      worker.on("error", () => {}) // no one listens any more
      await worker.terminate()
    },
    setBusy: (busy) => (busy ? worker.ref() : worker.unref()),
  }
}

function startInBrowser(listener: Listener): Thread {
  // ".js", because tsc leaves this name as it is and bundlers look for the file; they find the source as well
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
  worker.onmessage = (event) => listener(event.data)
  worker.onmessageerror = () => fail(listener, "a message to a worker thread could not be read")
  worker.onerror = (event) => fail(listener, event.message || "a worker thread could not start")
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: async () => worker.terminate(),
    setBusy: () => {},
  }
}
