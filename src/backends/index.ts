// All devices and the automatic choice among them: one list for the command line, the library and the page.
// The code of a device is loaded on demand.

import { UserError } from "../core/errors.ts"
import type { Backend } from "./backend.ts"
import type { Created } from "./created.ts"

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
  readonly create: (options: DeviceOptions) => Promise<Created>
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

const here = (backend: Backend): Created => ({ backend, note: undefined })

const gpu = (name: string, half: boolean, onRequest: string): Device => ({
  name,
  async create({ env }) {
    const { webgpu } = await import("./webgpu/index.ts")
    const tuned = await inNode<typeof import("./webgpu/tuned.ts")>("./webgpu/tuned.ts")
    return here(webgpu({ half, tuned: (key) => tuned?.readTuned(env, key, half) }))
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
      return module ? module.native(workers, env) : { backend: undefined, note: "a browser runs no compiled C" }
    },
  },
  {
    name: "wasm",
    create: async ({ workers, ownThread }) => here((await import("./wasm/index.ts")).wasm(workers, { ownThread })),
  },
  // A GPU is not always faster than the CPU here, and an adapter may be a software one.
  gpu("webgpu", false, "it runs on request, --device webgpu"),
  gpu("webgpu-half", true, "it runs on request, --device webgpu-half: numbers are rounded to 11 bits"),
  { name: "reference", create: async () => here((await import("./reference/index.ts")).reference) },
]

export type CreatedBackend = Extract<Created, { readonly backend: Backend }>

/**
 * Creates the backend called `name`, or the fastest available for "auto". Throws a UserError if there is
 * none.
 */
export async function createBackend(name: string, options: DeviceOptions): Promise<CreatedBackend> {
  if (name === "auto") {
    const notes: string[] = []
    for (const device of devices.filter((d) => !d.onRequest)) {
      const { backend, note } = await device.create(options)
      if (note !== undefined) notes.push(backend ? note : `${device.name} is not used: ${note}`)
      if (backend) return { backend, note: notes.length > 0 ? notes.join("; ") : undefined }
    }
  }
  const device = devices.find((d) => d.name === name)
  if (!device)
    throw new UserError(`device: got "${name}", expected auto or one of ${devices.map((d) => d.name).join(", ")}`)
  const { backend, note } = await device.create(options)
  if (!backend) throw new UserError(`device ${name} is not available: ${note}`)
  return { backend, note }
}
