// The devices of this browser. A GPU is probed before it is offered.

import { signal } from "@preact/signals"
import { hasThreads, threads } from "./threads.ts"

export interface PageDevice {
  readonly name: string
  readonly label: string
}

/** The first device is the default. A GPU runs only on request, because it is not always faster. */
export const pageDevices = signal<readonly PageDevice[]>([
  ...(hasThreads ? [{ name: "wasm-threads", label: `WebAssembly, ${threads} threads` }] : []),
  { name: "wasm", label: "WebAssembly, one thread" },
])

/** Adds the browser's GPU to the devices if WebGPU can use it, in single and if possible half precision. */
export async function findGpu(): Promise<void> {
  if (!navigator.gpu) return
  const { describeAdapter, openAdapter } = await import("../../../src/backends/webgpu/adapter.ts")
  const adapter = await openAdapter().catch(() => undefined) // without an adapter, no GPU is offered
  if (!adapter) return
  const label = `WebGPU, ${describeAdapter(adapter.info)}`
  const half = adapter.info.half ? [{ name: "webgpu-half", label: `${label}, 16 bits` }] : []
  pageDevices.value = [...pageDevices.value, { name: "webgpu", label }, ...half]
}
