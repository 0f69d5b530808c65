// What can compute in this browser. A GPU is asked for, and named, before it is offered.

import { signal } from "@preact/signals"
import { hasThreads, threads } from "./threads.ts"

export interface PageDevice {
  readonly name: string
  readonly label: string
}

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
