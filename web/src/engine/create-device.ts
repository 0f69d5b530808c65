// The device that a worker computes on, of the one list that there is (src/backends). The page itself only
// names devices.

import type { Backend } from "../../../src/backends/backend.ts"
import { createBackend, devices } from "../../../src/backends/index.ts"
import { hasThreads, threads } from "./threads.ts"

/** The device of this name, or what every browser has: a link may come from another machine. */
export async function createDevice(name: string): Promise<Backend> {
  const gpu = devices.some((device) => device.name === name && device.probe)
  // the worker that asks is a thread of its own
  const options = { workers: name === "wasm-threads" && hasThreads ? threads : 1, env: {}, ownThread: false }
  return (await createBackend(gpu ? name : "wasm", options)).backend
}
