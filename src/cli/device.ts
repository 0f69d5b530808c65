// The device that a command computes on, and the sentences that go with it.

import type { Backend } from "../backends/backend.ts"
import { createBackend, devices } from "../backends/index.ts"

export const deviceHelp = `${devices.map(({ name }) => name).join(", ")}, or auto: the fastest there is`

/** The backend of this name, or the fastest there is for "auto". */
export async function openDevice(name: string, workers: number): Promise<{ backend: Backend; notes: string[] }> {
  const { backend, note } = await createBackend(name, { workers, env: process.env, ownThread: true })
  return { backend, notes: note === undefined ? [] : [note] }
}
