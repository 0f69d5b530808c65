// Opens a device with the platform's own defaults: in Node, Bun and Deno, on a page and in its workers.

import type { CreatedBackend } from "./index.ts"
import { createBackend as createNamed } from "./index.ts"

/** Options of a backend. */
export interface BackendOptions {
  /** Number of threads; all that the machine or the page has by default. */
  readonly workers?: number
}

/** A page has threads only if it may share memory with them. */
const threads = (): number => (typeof SharedArrayBuffer === "undefined" ? 1 : (navigator.hardwareConcurrency ?? 1))

/**
 * Opens a device.
 * @param name a device of `devices`, or "auto" for the fastest one available
 * @returns the backend, and a note if "auto" skipped a faster device
 * @throws UserError if there is no such device, or it is not available here
 * @example const { backend } = await createBackend("wasm", { workers: 2 })
 */
export function createBackend(name = "auto", { workers = threads() }: BackendOptions = {}): Promise<CreatedBackend> {
  const env = globalThis.process?.env ?? {}
  // a page's worker already is a thread of its own
  return createNamed(name, { workers, env, ownThread: !("WorkerGlobalScope" in globalThis) })
}
