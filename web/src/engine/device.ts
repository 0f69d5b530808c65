// What can compute in this browser. Threads want shared memory, and a page has that only where its host says so (COOP and COEP headers);
// a GPU is asked for, and named, before it is offered.

import { signal } from "@preact/signals"
import type { Backend } from "../../../src/backends/backend.ts"

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

/** Adds the browser's GPU to the devices, if it has one that WebGPU can use. */
export async function findGpu(): Promise<void> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null)
  if (!adapter) return
  const { vendor, architecture, description } = adapter.info
  const isSoftware = /swiftshader|llvmpipe|software/iu.test(`${vendor} ${architecture} ${description}`)
  const label = `WebGPU, ${[vendor, architecture].filter(Boolean).join(" ") || "a GPU"}${isSoftware ? ": a software adapter, slow" : ""}`
  const half = adapter.features.has("shader-f16") ? [{ name: "webgpu-half", label: `${label}, 16 bits` }] : []
  pageDevices.value = [...pageDevices.value, { name: "webgpu", label }, ...half]
}

/** The device of this name, or what every browser has: a link may come from another machine. Only the code that is used is loaded. */
export async function createDevice(name: string): Promise<Backend> {
  if (name === "webgpu" || name === "webgpu-half")
    return (await import("../../../src/backends/webgpu/index.ts")).webgpu({ half: name === "webgpu-half" })
  const { wasm } = await import("../../../src/backends/wasm/index.ts")
  return wasm(name === "wasm-threads" && hasThreads ? threads : 1)
}
