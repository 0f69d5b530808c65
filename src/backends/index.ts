// Which devices there are, and which is the fastest that is really there: one list for the command line, the
// library and the page. The code of a device is loaded when it is asked for.

import { UserError } from "../core/errors.ts"
import type { Backend } from "./backend.ts"

export interface DeviceOptions {
  /** Threads; the machine's cores by default. */
  readonly workers: number
  /** Where a compiler and what was tuned are looked for: Node's process.env, nothing in a browser. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether one thread is to be another one than the caller's, which then stays free. */
  readonly ownThread: boolean
}

export interface Device {
  readonly name: string
  /** Undefined where it cannot run: `whenAbsent` says why. */
  readonly create: (options: DeviceOptions) => Promise<Backend | undefined>
  readonly whenAbsent: string
  /** Why `auto` passes it over; a device that has this runs on request only. */
  readonly onRequest?: string
  /** Looks closer than `create` can: what it would really run on. Throws a sentence where it would not. */
  readonly probe?: () => Promise<{ readonly description: string; readonly software: boolean }>
}

/**
 * A module that only Node can load; undefined elsewhere. The import does not name it, so that bundlers for
 * browsers leave it out.
 */
async function inNode<Module>(path: string): Promise<Module | undefined> {
  if (!globalThis.process?.versions?.node) return undefined
  return (await import(/* @vite-ignore */ path)) as Module
}

const gpu = (name: string, half: boolean, onRequest: string): Device => ({
  name,
  async create({ env }) {
    const { webgpu } = await import("./webgpu/index.ts")
    const tuned = await inNode<typeof import("./webgpu/tuned.ts")>("./webgpu/tuned.ts")
    return webgpu({ half, tuned: (key) => tuned?.readTuned(env, key, half) })
  },
  whenAbsent: "",
  onRequest,
  async probe() {
    const { describeAdapter, noHalf, openAdapter } = await import("./webgpu/adapter.ts")
    const adapter = (await openAdapter(half)).info
    if (half && !adapter.half) throw new UserError(noHalf(adapter))
    const description = half ? "the same, with 16 bits for what is saved for backward" : describeAdapter(adapter)
    return { description, software: adapter.software }
  },
})

/** `auto` takes the first that is there and does not wait for a request. */
export const devices: readonly Device[] = [
  {
    name: "native",
    async create({ workers, env }) {
      const module = await inNode<typeof import("./native/index.ts")>("./native/index.ts")
      return module?.native(workers, env)
    },
    whenAbsent: "no working C compiler (cc, gcc or clang) is on the PATH; apt-get install gcc brings one",
  },
  {
    name: "wasm",
    create: async ({ workers, ownThread }) => (await import("./wasm/index.ts")).wasm(workers, { ownThread }),
    whenAbsent: "",
  },
  // whether a machine's GPU beats its CPU here has not been measured, and an adapter may be a CPU in disguise
  gpu("webgpu", false, "it runs on request, --device webgpu"),
  gpu("webgpu-half", true, "it runs on request, --device webgpu-half: numbers are rounded to 11 bits"),
  { name: "reference", create: async () => (await import("./reference/index.ts")).reference, whenAbsent: "" },
]

export interface CreatedBackend {
  readonly backend: Backend
  /** Why faster devices were passed over. */
  readonly note: string | undefined
}

/** The backend called `name`, or for "auto" the fastest there is. */
export async function createBackend(name: string, options: DeviceOptions): Promise<CreatedBackend> {
  if (name === "auto") {
    const notes: string[] = []
    for (const device of devices.filter((d) => !d.onRequest)) {
      const backend = await device.create(options)
      if (backend) return { backend, note: notes.length > 0 ? notes.join("; ") : undefined }
      notes.push(`${device.name} is not used: ${device.whenAbsent}`)
    }
  }
  const device = devices.find((d) => d.name === name)
  if (!device)
    throw new UserError(`device: got "${name}", expected auto or one of ${devices.map((d) => d.name).join(", ")}`)
  const backend = await device.create(options)
  if (!backend) throw new UserError(`device ${name} is not there: ${device.whenAbsent}`)
  return { backend, note: undefined }
}
