// Creates a worker's device from the list in src/backends. The page itself knows only the names.

import type { Backend } from "../../../src/backends/backend.ts"
import { createBackend, devices } from "../../../src/backends/index.ts"
import { hasThreads, threads } from "./threads.ts"

/**
 * Creates the named device, or falls back to one that every browser has: a link may come from another
 * machine.
 */
export async function createDevice(name: string): Promise<Backend> {
  const gpu = devices.some((device) => device.name === name && device.probe)
  // A worker already is a separate thread.
  const options = { workers: name === "wasm-threads" && hasThreads ? threads : 1, env: {}, ownThread: false }
  return (await createBackend(gpu ? name : "wasm", options)).backend
}
