// All devices and the automatic choice among them: one list for the command line, the library and the page.
// The code of a device is loaded on demand.

import { UserError } from "../core/errors.ts"
import type { Backend, Opened } from "./backend.ts"

export interface DeviceOptions {
  /** Number of threads; by default, the number of cores. */
  readonly workers: number
  /**
   * Environment variables, to find a compiler and tuned settings: process.env in Node, empty in a browser.
   */
  readonly env: Readonly<Record<string, string | undefined>>
  /** With one worker: whether it runs on a separate thread, so that the caller's stays responsive. */
  readonly ownThread: boolean
}

export interface Device {
  readonly name: string
  readonly create: (options: DeviceOptions) => Promise<Opened>
  /** Why `auto` skips the device. If set, the device runs only on request. */
  readonly onRequest?: string
  /** Checks more closely than `create` what the device would run on. Throws if it would not run. */
  readonly probe?: () => Promise<{ readonly description: string; readonly software: boolean }>
}

/**
 * Imports a module that only Node can load; undefined elsewhere. The path is a variable, so that bundlers for
 * browsers ignore it.
 */
async function inNode<Module>(path: string): Promise<Module | undefined> {
  if (!globalThis.process?.versions?.node) return undefined
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ path)) as Module
}

const gpu = (name: string, half: boolean, onRequest: string): Device => ({
  name,
  async create({ env }) {
    const { webgpu } = await import("./webgpu/index.ts")
    const tuned = await inNode<typeof import("./webgpu/tuned.ts")>("./webgpu/tuned.ts")
    return { backend: webgpu({ half, tuned: (key) => tuned?.readTuned(env, key, half) }) }
  },
  onRequest,
  async probe() {
    const { describeAdapter, noHalf, openAdapter } = await import("./webgpu/adapter.ts")
    const adapter = (await openAdapter(half)).info
    if (half && !adapter.half) throw new UserError(noHalf(adapter))
    const description = half
      ? "like webgpu, but stores tensors saved for backward in 16 bits"
      : describeAdapter(adapter)
    return { description, software: adapter.software }
  },
})

/** In order of preference: `auto` takes the first that is available and does not require a request. */
export const devices: readonly Device[] = [
  {
    name: "native",
    async create({ workers, env }) {
      const module = await inNode<typeof import("./native/index.ts")>("./native/index.ts")
      return module ? await module.openNative(workers, env) : { absent: "a page has no C compiler" }
    },
  },
  {
    name: "wasm",
    create: async ({ workers, ownThread }) => ({
      backend: (await import("./wasm/index.ts")).wasm(workers, { ownThread }),
    }),
  },
  // A GPU is not always faster than the CPU here, and an adapter may be a software one.
  gpu("webgpu", false, "it runs on request, --device webgpu"),
  gpu("webgpu-half", true, "it runs on request, --device webgpu-half: numbers are rounded to 11 bits"),
  {
    name: "reference",
    create: async () => ({ backend: (await import("./reference/index.ts")).reference }),
  },
]

export interface CreatedBackend {
  readonly backend: Backend
  /** Why faster devices were skipped. */
  readonly note: string | undefined
}

/**
 * Creates the backend called `name`, or the fastest available for "auto". Throws a UserError if there is
 * none.
 */
export async function createBackend(name: string, options: DeviceOptions): Promise<CreatedBackend> {
  if (name === "auto") {
    const notes: string[] = []
    for (const device of devices.filter((d) => !d.onRequest)) {
      const opened = await device.create(options)
      if ("backend" in opened) return { ...opened, note: notes.length > 0 ? notes.join("; ") : undefined }
      notes.push(`${device.name} is not used: ${opened.absent}`)
    }
  }
  const device = devices.find((d) => d.name === name)
  if (!device)
    throw new UserError(`device: got "${name}", expected auto or one of ${devices.map((d) => d.name).join(", ")}`)
  const opened = await device.create(options)
  if ("absent" in opened) throw new UserError(`device ${name} is not there: ${opened.absent}`)
  return { ...opened, note: undefined }
}
