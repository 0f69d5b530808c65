// What can compute in this browser. Threads want shared memory, and a page has that only where its host says
// so (COOP and COEP headers); a GPU is asked for, and named, before it is offered.

import { signal } from "@preact/signals"

export interface PageDevice {
  readonly name: string
  readonly label: string
}

/** More threads than this gain nothing with six lane blocks a step. */
const MOST_THREADS = 6
export const threads = Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1)
export const hasThreads: boolean = globalThis.crossOriginIsolated && threads > 1

/**
 * The first one is taken unless another is asked for; a GPU only on request, until it is known to be faster.
 */
export const pageDevices = signal<readonly PageDevice[]>([
  ...(hasThreads ? [{ name: "wasm-threads", label: `WebAssembly, ${threads} threads` }] : []),
  { name: "wasm", label: "WebAssembly, one thread" },
])

/**
 * Adds the browser's GPU to the devices, if it has one that WebGPU can use, in single and perhaps in half
 * precision.
 */
export async function findGpu(): Promise<void> {
  if (!navigator.gpu) return
  const { describeAdapter, openAdapter } = await import("../../../src/backends/webgpu/adapter.ts")
  const adapter = await openAdapter().catch(() => undefined) // none: the page offers none
  if (!adapter) return
  const label = `WebGPU, ${describeAdapter(adapter.info)}`
  const half = adapter.info.half ? [{ name: "webgpu-half", label: `${label}, 16 bits` }] : []
  pageDevices.value = [...pageDevices.value, { name: "webgpu", label }, ...half]
}
