// The device that a command uses, and its messages.

import type { Backend } from "../backends/backend.ts"
import { createBackend, devices } from "../backends/index.ts"

export const deviceHelp = `${devices.map(({ name }) => name).join(", ")}, or auto: the fastest available`

/** Opens the device of this name, or the fastest one for "auto". */
export async function openDevice(name: string, workers: number): Promise<{ backend: Backend; notes: string[] }> {
  const { backend, note } = await createBackend(name, { workers, env: process.env, ownThread: true })
  // a GPU that is not there must be known before a run's folder is made
  if (name !== "auto") await devices.find((device) => device.name === name)?.probe?.()
  return { backend, notes: note === undefined ? [] : [note] }
}
