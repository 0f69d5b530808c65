// What can compute in this browser. Threads want shared memory, and a page has that only where its host says so (COOP and COEP headers).

import type { Backend } from "../../../src/backends/backend.ts"
import { wasm } from "../../../src/backends/wasm/index.ts"

export interface PageDevice {
  readonly name: string
  readonly label: string
  create(): Backend
}

/** More threads than this gain nothing with six lane blocks a step. */
const MOST_THREADS = 6
const threads = Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1)

/** Fastest first. */
export const pageDevices: readonly PageDevice[] = [
  ...(globalThis.crossOriginIsolated && threads > 1
    ? [{ name: "wasm-threads", label: `WebAssembly, ${threads} threads`, create: () => wasm(threads) }]
    : []),
  { name: "wasm", label: "WebAssembly, one thread", create: () => wasm(1) },
]

/** The device of this name, or the fastest there is: a link may come from another machine. */
export const deviceNamed = (name: string): PageDevice => pageDevices.find((d) => d.name === name) ?? pageDevices[0]
