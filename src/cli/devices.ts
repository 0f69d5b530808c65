// `devices` lists the devices of this machine, why one is not available, and which one `auto` uses.

import { Command } from "commander"
import { devices } from "../backends/index.ts"
import { print, printJson, table } from "./output.ts"
import { workersOf } from "./values.ts"

export interface DeviceRow {
  readonly name: string
  readonly available: boolean
  /** Whether it is a CPU that imitates a GPU. */
  readonly software: boolean
  /** What it is, or why it is not available. */
  readonly description: string
  /** Whether `--device auto` uses it. */
  readonly auto: boolean
}

/** All devices, in the order in which `auto` tries them. */
export async function deviceRows(workers: number): Promise<DeviceRow[]> {
  const rows = await Promise.all(
    devices.map(async ({ name, create, onRequest, probe }) => {
      const { backend, note = "" } = await create({ workers, env: process.env, ownThread: true })
      const missing = { name, available: false, software: false, onRequest: false, description: note }
      if (!backend) return missing
      const description = [backend.description, note].filter(Boolean).join("; ")
      const here = { ...missing, available: true, onRequest: onRequest !== undefined, description }
      try {
        return { ...here, ...(await probe?.()) }
      } catch (error) {
        return { ...missing, description: (error as Error).message }
      }
    }),
  )
  const first = rows.findIndex((row) => row.available && !row.onRequest)
  return rows.map(({ onRequest: _, ...row }, i) => ({ ...row, auto: i === first }))
}

export const devicesCommand = (): Command =>
  new Command("devices")
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--json", "print one JSON line per device")
    .action(async ({ json, workers }: { json?: boolean; workers?: string }) => {
      const rows = await deviceRows(workersOf(workers))
      if (json) return rows.forEach(printJson)
      const mark = (row: DeviceRow) =>
        row.auto ? "used by auto" : !row.available ? "not available" : row.software ? "software" : ""
      table(rows.map((row) => [row.name, mark(row), row.description])).forEach(print)
    })
