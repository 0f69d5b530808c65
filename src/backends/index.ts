// Which devices there are, and which is the fastest that is really there.

import { UserError } from "../core/errors.ts"
import type { Backend } from "./backend.ts"
import { type Environment, native } from "./native/index.ts"
import { reference } from "./reference/index.ts"
import { wasm } from "./wasm/index.ts"
import { describeAdapter, noHalf } from "./webgpu/adapter.ts"
import { deviceName, webgpu } from "./webgpu/index.ts"
import { readTuned } from "./webgpu/tuned.ts"

export interface DeviceOptions {
  /** Threads; the machine's cores by default. */
  readonly workers: number
  readonly env: Environment
}

export interface Device {
  readonly name: string
  /** Undefined where it cannot run, with the reason. */
  readonly create: (options: DeviceOptions) => Backend | undefined
  readonly whenAbsent: string
  /** Why `auto` passes it over; a device that has this runs on request only. */
  readonly onRequest?: string
  /** Looks closer than `create` can: what it would really run on. Throws a sentence where it would not. */
  readonly probe?: () => Promise<{ readonly description: string; readonly software: boolean }>
}

const gpu = (half: boolean, onRequest: string): Device => ({
  name: deviceName(half),
  create: ({ env }) => webgpu({ half, tuned: (key) => readTuned(env, key, half) }),
  whenAbsent: "",
  onRequest,
  probe: async () => {
    const adapter = await webgpu({ half }).adapter()
    if (half && !adapter.half) throw new UserError(noHalf(adapter))
    const description = half ? "the same, 16 bits for what is kept for the way back" : describeAdapter(adapter)
    return { description, software: adapter.software }
  },
})

/** `auto` takes the first that is there and does not wait for a request. */
export const devices: readonly Device[] = [
  {
    name: "native",
    create: ({ workers, env }) => native(workers, env),
    whenAbsent: "no working C compiler (cc, gcc or clang) is on the PATH; apt-get install gcc brings one",
  },
  { name: "wasm", create: ({ workers }) => wasm(workers, { ownThread: true }), whenAbsent: "" },
  // whether a machine's GPU beats its CPU here has not been measured, and an adapter may be a CPU in disguise
  gpu(false, "it runs on request, --device webgpu"),
  gpu(true, "it runs on request, --device webgpu-half: numbers are rounded to 11 bits"),
  { name: "reference", create: () => reference, whenAbsent: "" },
]

/** The backend called `name`, or for "auto" the fastest there is; `note` says why a faster one was passed over. */
export function createBackend(name: string, options: DeviceOptions): { backend: Backend; note?: string } {
  if (name === "auto") {
    const notes: string[] = []
    for (const device of devices.filter((d) => !d.onRequest)) {
      const backend = device.create(options)
      if (backend) return notes.length > 0 ? { backend, note: notes.join("; ") } : { backend }
      notes.push(`${device.name} is not used: ${device.whenAbsent}`)
    }
  }
  const device = devices.find((d) => d.name === name)
  if (!device)
    throw new UserError(`device: got "${name}", expected auto or one of ${devices.map((d) => d.name).join(", ")}`)
  const backend = device.create(options)
  if (!backend) throw new UserError(`device ${name} is not there: ${device.whenAbsent}`)
  return { backend }
}
