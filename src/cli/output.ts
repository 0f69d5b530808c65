// stdout is data, stderr is talk. A reader that goes away (`| head`) ends the program quietly, or what it is
// told to do instead.

import pc from "picocolors"
import { exitAtOnce } from "./interrupt.ts"

export const print = (line: string): void => void process.stdout.write(`${line}\n`)
export const say = (line: string): void => void process.stderr.write(`${line}\n`)
export const printJson = (row: object): void => print(JSON.stringify(row))

/** Columns of a terminal; some do not tell. */
export const columnsOf = (stream: NodeJS.WriteStream): number => stream.columns || 80

/** Colors for a stream: none unless it is a terminal, and none where NO_COLOR asks for none. */
export const colorsFor = (stream: NodeJS.WriteStream) =>
  pc.createColors(Boolean(stream.isTTY) && !process.env.NO_COLOR && process.env.TERM !== "dumb")

/**
 * Waits until all output is written: a pipe whose reader is slow takes 64 kB, and the process would end with
 * the rest.
 */
export async function flushed(): Promise<void> {
  const written = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write("", () => resolve()))
  await Promise.all([process.stdout, process.stderr].map(written))
}

const exitQuietly = (): void => exitAtOnce(0)
let whenBroken = exitQuietly

/** What happens when nobody reads our output any more; the program ends unless told. */
export function onBrokenPipe(action: () => void = exitQuietly): void {
  whenBroken = action
}

/** Catches broken pipes from now on. */
export function watchPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error
      whenBroken()
    })
}

/** Lines up columns; cells of `right` columns end together, the others begin together. */
export function table(rows: readonly (readonly string[])[], right: readonly boolean[] = []): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)))
  const pad = (cell: string, c: number) => (right[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))
  return rows.map((row) => row.map(pad).join("  ").trimEnd())
}

/** 0.98765 as "98.77 %"; only all is "100 %". */
export function percent(share: number, digits = 2): string {
  if (share === 1) return "100 %"
  const scale = 10 ** digits
  return `${Math.min(100 - 1 / scale, (100 * Math.round(share * 100 * scale)) / (100 * scale)).toFixed(digits)} %`
}

/** 12345 as "12,345". */
export const grouped = (n: number): string => n.toLocaleString("en-US")
