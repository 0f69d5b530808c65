// The code of a worker thread, in Node and browsers: it runs blocks until none is left, replies, and waits
// for the next run.

import { type Job, Machine, type Machinery } from "./machine.ts"

export interface RunMessage {
  /** Sent with the first run. */
  readonly machinery?: Machinery
  readonly shared: Float32Array
  readonly jobs: readonly Job[]
  /**
   * Shared counter of the next unclaimed job. Without shared memory, each worker gets a fixed list of jobs.
   */
  readonly next?: Int32Array
}

export type Reply =
  | { readonly k: "done"; readonly bytes: number; readonly io?: readonly Float32Array[] }
  | { readonly k: "failed"; readonly message: string }

interface Port {
  postMessage(message: Reply, transfer?: ArrayBuffer[]): void
}

/** Handles the run messages of a port. */
function serve(port: Port): (message: RunMessage) => void {
  let machine: Machine | undefined
  return ({ machinery, shared, jobs, next }) => {
    try {
      if (machinery) machine = new Machine(machinery)
      let own = 0
      ;(machine as Machine).run(shared, () => jobs[next ? Atomics.add(next, 0, 1) : own++])
      const { bytes } = machine as Machine
      if (next) port.postMessage({ k: "done", bytes })
      else {
        const io = jobs.map((job) => job.io)
        port.postMessage(
          { k: "done", bytes, io },
          io.map((x) => x.buffer as ArrayBuffer),
        )
      }
    } catch (error) {
      port.postMessage({ k: "failed", message: error instanceof Error ? error.message : String(error) })
    }
  }
}

const parent = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort
if (parent) parent.on("message", serve(parent))
else {
  const answer = serve(globalThis as unknown as Port)
  globalThis.addEventListener("message", (event) => answer((event as MessageEvent).data))
}
