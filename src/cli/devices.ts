// `devices`: what can compute here, why something cannot, and which one `auto` takes.

import { Command } from "commander"
import { devices } from "../backends/index.ts"
import { print, printJson, table } from "./output.ts"
import { workersOf } from "./values.ts"

export interface DeviceRow {
  readonly name: string
  readonly available: boolean
  /** A CPU that imitates a GPU. */
  readonly software: boolean
  /** What it is, or why it is not there. */
  readonly description: string
  /** Whether `--device auto` takes it. */
  readonly auto: boolean
}

/** All devices, in the order in which `auto` looks at them. */
export async function deviceRows(workers: number): Promise<DeviceRow[]> {
  const rows = await Promise.all(
    devices.map(async ({ name, create, whenAbsent, onRequest, probe }) => {
      const backend = await create({ workers, env: process.env, ownThread: true })
      const missing = { name, available: false, software: false, onRequest: false, description: whenAbsent }
      if (!backend) return missing
      const here = { ...missing, available: true, onRequest: onRequest !== undefined, description: backend.description }
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
    .description("what can compute here")
    .option("--workers <n>", "threads (default: all the machine has)")
    .option("--json", "a JSON line each")
    .action(async ({ json, workers }: { json?: boolean; workers?: string }) => {
      const rows = await deviceRows(workersOf(workers))
      if (json) return rows.forEach(printJson)
      const mark = (row: DeviceRow) =>
        row.auto ? "auto takes it" : !row.available ? "not there" : row.software ? "software" : ""
      table(rows.map((row) => [row.name, mark(row), row.description])).forEach(print)
    })
