// What a worker thread runs, in Node and in browsers: it takes blocks until none is left, says so, and waits
// for the next run.

import { type Job, Machine, type Machinery } from "./machine.ts"

export interface RunMessage {
  /** Comes with the first run. */
  readonly machinery?: Machinery
  readonly shared: Float32Array
  readonly jobs: readonly Job[]
  /** The number of the next job that nobody has taken; without shared memory each worker has its own jobs. */
  readonly next?: Int32Array
}

export type Reply =
  | { readonly k: "done"; readonly bytes: number; readonly io?: readonly Float32Array[] }
  | { readonly k: "failed"; readonly message: string }

interface Port {
  postMessage(message: Reply, transfer?: ArrayBuffer[]): void
}

/** Answers run messages on a port. */
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
