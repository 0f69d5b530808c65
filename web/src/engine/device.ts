// What can compute in this browser. Threads want shared memory, and a page has that only where its host says so (COOP and COEP headers);
// a GPU is asked for, and named, before it is offered.

import { signal } from "@preact/signals"
import type { Backend } from "../../../src/backends/backend.ts"
import { createBackend, devices } from "../../../src/backends/index.ts"

export interface PageDevice {
  readonly name: string
  readonly label: string
}

/** More threads than this gain nothing with six lane blocks a step. */
const MOST_THREADS = 6
const threads = Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1)
const hasThreads = globalThis.crossOriginIsolated && threads > 1

/** The first one is taken unless another is asked for; a GPU only on request, until it is known to be faster. */
export const pageDevices = signal<readonly PageDevice[]>([
  ...(hasThreads ? [{ name: "wasm-threads", label: `WebAssembly, ${threads} threads` }] : []),
  { name: "wasm", label: "WebAssembly, one thread" },
])

/** Adds the browser's GPU to the devices, if it has one that WebGPU can use, in single and perhaps in half precision. */
export async function findGpu(): Promise<void> {
  if (!navigator.gpu) return
  for (const { name, probe } of devices) {
    if (!probe) continue
    const found = await probe().catch(() => undefined) // not there: the page does not offer it
    if (found) pageDevices.value = [...pageDevices.value, { name, label: `WebGPU, ${found.description}` }]
  }
}

/** The device of this name, or what every browser has: a link may come from another machine. */
export async function createDevice(name: string): Promise<Backend> {
  const gpu = devices.some((device) => device.name === name && device.probe)
  // the worker that asks is a thread of its own
  const options = { workers: name === "wasm-threads" && hasThreads ? threads : 1, env: {}, ownThread: false }
  return (await createBackend(gpu ? name : "wasm", options)).backend
}
