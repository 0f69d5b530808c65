// `devices`: what can compute here, why something cannot, and which one `auto` takes.

import { Command } from "commander"
import { devices } from "../backends/index.ts"
import { print, printJson, table } from "./output.ts"
import { workersOf } from "./values.ts"

export interface DeviceRow {
  readonly name: string
  readonly available: boolean
  /** What it is, or why it is not there. */
  readonly description: string
  /** Whether `--device auto` takes it. */
  readonly auto: boolean
}

/** All devices, fastest first. */
export function deviceRows(workers: number): DeviceRow[] {
  const rows = devices.map(({ name, create, whenAbsent }) => {
    const backend = create({ workers, env: process.env })
    return { name, available: backend !== undefined, description: backend?.description ?? whenAbsent }
  })
  const first = rows.findIndex((row) => row.available)
  return rows.map((row, i) => ({ ...row, auto: i === first }))
}

export const devicesCommand = (): Command =>
  new Command("devices")
    .description("what can compute here")
    .option("--workers <n>", "threads (default: all the machine has)")
    .option("--json", "a JSON line each")
    .action(({ json, workers }: { json?: boolean; workers?: string }) => {
      const rows = deviceRows(workersOf(workers))
      if (json) return rows.forEach(printJson)
      const mark = (row: DeviceRow) => (row.auto ? "auto takes it" : row.available ? "" : "not there")
      table(rows.map((row) => [row.name, mark(row), row.description])).forEach(print)
    })
